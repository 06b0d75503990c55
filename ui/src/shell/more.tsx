/** The phone's fourth tab: everything that has no tab of its own. Also the page for no page. */
import { Link } from "react-router";
import { signOut, useSession } from "@/api/session";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { PageFrame } from "@/parts/page";
import { Empty } from "@/parts/states";
import { LanguageSwitch, ThemeSwitch } from "./header";
import { GROUPS, HIDDEN, visible } from "./pages";
import "./more.css";

export function MorePage() {
  const t = useT();
  const session = useSession();
  const permissions = session?.permissions ?? [];
  const groups = [...GROUPS, { label: "shell.account" as const, pages: HIDDEN.slice(1) }];
  return (
    <PageFrame
      title={t("nav.more")}
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
        <section key={group.label} className="more-group">
          <h2>{t(group.label)}</h2>
          <div className="panel">
            {group.pages
              .filter((page) => visible(page, permissions))
              .map((page) => (
                <Link key={page.path} to={page.path}>
                  <Icon name={page.icon} />
                  <span>{t(page.label)}</span>
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

export function NotFound() {
  const t = useT();
  return (
    <PageFrame title={t("problem.notFound")} heading=" " ready>
      <Empty
        icon="search"
        title={t("problem.notFound")}
        hint={t("problem.notFoundHint")}
        action={
          <Link className="button" to="/boards/information">
            {t("nav.information")}
          </Link>
        }
      />
    </PageFrame>
  );
}
