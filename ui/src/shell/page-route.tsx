/** A declared page at its address: refused in words to those without its permission. */
import { useSession } from "@/api/session";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { CurrentPage, type PageEntry } from "@/parts/page-entry";
import { Empty } from "@/parts/states";
import { allowed } from "./pages";

function NotAllowed({ permission }: { permission: string }) {
  const t = useT();
  return (
    <PageFrame ready>
      <div className="panel">
        <Empty
          icon="roles"
          title={t("problem.notAllowed")}
          hint={t("problem.notAllowedHint", { permission })}
        />
      </div>
    </PageFrame>
  );
}

export function PageRoute({ entry }: { entry: PageEntry }) {
  const permissions = useSession()?.permissions ?? [];
  const { needs, page: Page } = entry;
  return (
    <CurrentPage value={entry}>
      {needs === undefined || allowed(entry, permissions) ? (
        <Page />
      ) : (
        <NotAllowed permission={needs} />
      )}
    </CurrentPage>
  );
}
