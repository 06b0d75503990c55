/** Navigation of the phone: four tabs at the thumb. */
import { NavLink, useLocation } from "react-router";
import { useT, type TextKey } from "@/language";
import { Icon, type IconName } from "@/parts/icon";

const TABS: readonly { to: string; under: string; label: TextKey; icon: IconName }[] = [
  { to: "/boards/information", under: "/boards", label: "nav.boards", icon: "information" },
  { to: "/tickets", under: "/tickets", label: "nav.tickets", icon: "tickets" },
  { to: "/alerts", under: "/alerts", label: "nav.alerts", icon: "alerts" },
  { to: "/more", under: "", label: "nav.more", icon: "more" },
];

export function PhoneTabs() {
  const t = useT();
  const { pathname } = useLocation();
  const found = TABS.find((tab) => tab.under !== "" && pathname.startsWith(tab.under));
  const current = found?.to ?? "/more";
  return (
    <nav className="phone-tabs" aria-label={t("shell.mainNav")}>
      {TABS.map((tab) => (
        <NavLink
          key={tab.to}
          to={tab.to}
          aria-current={tab.to === current ? "page" : undefined}
          className={tab.to === current ? "active" : ""}
        >
          <Icon name={tab.icon} size={21} />
          <span>{t(tab.label)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
