/** The page for an address that leads nowhere. */
import { Link } from "react-router";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Empty } from "@/parts/states";

export default function NotFound() {
  const t = useT();
  return (
    <PageFrame ready>
      <Empty
        icon="search"
        title={t("problem.notFound")}
        hint={t("problem.notFoundHint")}
        action={
          <Link className="button" to="/">
            {t("shell.home")}
          </Link>
        }
      />
    </PageFrame>
  );
}
