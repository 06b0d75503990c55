/** Navigation of the wide layout; it can be folded to its icons. */
import { useState } from "react";
import { NavLink } from "react-router";
import { useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon } from "@/parts/icon";
import { navigation, type Group } from "./pages";

const KEY = "wardround.nav";
/** What has its place elsewhere: in the account menu and in Ctrl-K. */
const ELSEWHERE: readonly Group["name"][] = ["account", "doing"];

export function SideNav() {
  const t = useT();
  const pair = usePair();
  const permissions = useSession()?.permissions ?? [];
  const [narrow, setNarrow] = useState(localStorage.getItem(KEY) === "narrow");
  const groups = navigation(permissions).filter(({ name }) => !ELSEWHERE.includes(name));
  const fold = (): void => {
    localStorage.setItem(KEY, narrow ? "wide" : "narrow");
    setNarrow(!narrow);
  };
  return (
    <nav
      className={narrow ? "shell-side shell-side-narrow" : "shell-side"}
      aria-label={t("shell.mainNav")}
    >
      <NavLink to="/" className="brand">
        <img src="/mark.svg" width={24} height={24} alt="" />
        <span className="brand-name">
          查房<small>Wardround</small>
        </span>
      </NavLink>
      {groups.map((group) => (
        <section key={group.name}>
          <h2>{pair(group.title)}</h2>
          {group.pages.map((entry) => (
            <NavLink
              key={entry.path}
              to={entry.path}
              title={narrow ? pair(entry.title) : undefined}
            >
              <Icon name={entry.icon ?? "more"} size={17} />
              <span>{pair(entry.title)}</span>
            </NavLink>
          ))}
        </section>
      ))}
      <button
        type="button"
        className="fold"
        onClick={fold}
        aria-label={t(narrow ? "shell.expand" : "shell.collapse")}
      >
        <Icon name={narrow ? "expand" : "collapse"} size={16} />
        <span>{t("shell.collapse")}</span>
      </button>
    </nav>
  );
}
