/** Navigation of the wide layout; it can be folded to its icons. */
import { useState } from "react";
import { NavLink } from "react-router";
import { useSession } from "@/api/session";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { GROUPS, visible } from "./pages";

const KEY = "wardround.nav";

export function SideNav() {
  const t = useT();
  const permissions = useSession()?.permissions ?? [];
  const [narrow, setNarrow] = useState(localStorage.getItem(KEY) === "narrow");
  const fold = (): void => {
    localStorage.setItem(KEY, narrow ? "wide" : "narrow");
    setNarrow(!narrow);
  };
  return (
    <nav
      className={narrow ? "shell-side shell-side-narrow" : "shell-side"}
      aria-label={t("shell.mainNav")}
    >
      <NavLink to="/boards/information" className="brand">
        <img src="/mark.svg" width={24} height={24} alt="" />
        <span className="brand-name">
          查房<small>Wardround</small>
        </span>
      </NavLink>
      {GROUPS.map((group) => {
        const pages = group.pages.filter((entry) => visible(entry, permissions));
        if (pages.length === 0) return null;
        return (
          <section key={group.label}>
            <h2>{t(group.label)}</h2>
            {pages.map((entry) => (
              <NavLink key={entry.path} to={entry.path} title={narrow ? t(entry.label) : undefined}>
                <Icon name={entry.icon} size={17} />
                <span>{t(entry.label)}</span>
              </NavLink>
            ))}
          </section>
        );
      })}
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
