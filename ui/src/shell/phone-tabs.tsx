/** Navigation of the phone: a few tabs at the thumb. */
import { NavLink, useLocation } from "react-router";
import { useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import { Icon } from "@/parts/icon";
import { tabs, type Tab } from "./pages";

/** The tab to which an address belongs: the one whose own address is the longest beginning of it. */
export const tabOf = (offered: readonly Tab[], pathname: string): Tab | undefined =>
  offered
    .filter((entry) => pathname.startsWith(entry.tab.under))
    .sort((left, right) => right.tab.under.length - left.tab.under.length)[0];

export function PhoneTabs() {
  const t = useT();
  const pair = usePair();
  const { pathname } = useLocation();
  const offered = tabs(useSession()?.permissions ?? []);
  const current = tabOf(offered, pathname);
  return (
    <nav className="phone-tabs" aria-label={t("shell.mainNav")}>
      {offered.map((entry) => (
        <NavLink
          key={entry.path}
          to={entry.path}
          aria-current={entry === current ? "page" : undefined}
          className={entry === current ? "active" : ""}
        >
          <Icon name={entry.icon ?? "more"} size={21} />
          <span>{pair(entry.tab.title ?? entry.title)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
