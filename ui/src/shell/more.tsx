/** The phone's last tab: everything that has no tab of its own. */
import { Link } from "react-router";
import { signOut, useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon } from "@/parts/icon";
import { PageFrame } from "@/parts/page";
import { LanguageSwitch, ThemeSwitch } from "./header";
import { navigation } from "./pages";
import "./more.css";

export default function MorePage() {
  const t = useT();
  const session = useSession();
  const pair = usePair();
  const groups = navigation(session?.permissions ?? []).filter(({ name }) => name !== "doing");
  return (
    <PageFrame
      heading={session?.account.display_name}
      ready
      actions={
        <>
          <LanguageSwitch />
          <ThemeSwitch />
        </>
      }
    >
      {groups.map((group) => (
        <section key={group.name} className="more-group">
          <h2>{pair(group.title)}</h2>
          <div className="panel">
            {group.pages.map((entry) => (
              <Link key={entry.path} to={entry.path}>
                <Icon name={entry.icon ?? "more"} />
                <span>{pair(entry.title)}</span>
                <Icon name="expand" size={16} />
              </Link>
            ))}
          </div>
        </section>
      ))}
      <button
        type="button"
        className="button more-out"
        data-act="sign-out"
        onClick={() => void signOut()}
      >
        {t("shell.signOut")}
      </button>
    </PageFrame>
  );
}
