/** Tabs of a page; the chosen one is in the address. */
import { Link, useSearchParams } from "react-router";
import "./tabs.css";

export interface Tab {
  key: string;
  label: string;
  count?: number | undefined;
}

export function useTab(tabs: readonly Tab[]): string {
  const [params] = useSearchParams();
  const wanted = params.get("tab");
  return tabs.find((tab) => tab.key === wanted)?.key ?? tabs[0]?.key ?? "";
}

export function Tabs({
  tabs,
  current,
  label,
}: {
  tabs: readonly Tab[];
  current: string;
  label: string;
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab, place) => (
        <Link
          key={tab.key}
          to={place === 0 ? "?" : `?tab=${tab.key}`}
          replace
          aria-current={tab.key === current ? "page" : undefined}
          data-tab={tab.key}
        >
          {tab.label}
          {tab.count ? <small>{tab.count}</small> : null}
        </Link>
      ))}
    </nav>
  );
}
