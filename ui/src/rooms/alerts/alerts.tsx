/** All alerts; the open ones first. */
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { MOST_AT_ONCE } from "./acting";
import { SelectedActs } from "./acts";
import { AlertCard, alertColumns, alertFilters } from "./columns";
import "./alerts.css";

export default function AlertsPage() {
  const t = useT();
  const may = useMay("alerts.handle");
  return (
    <ListPage
      spec={{
        page: "alerts",
        topic: "alerts",
        path: "/alerts",
        initial: { state: "open" },
        columns: alertColumns(t),
        filters: alertFilters(t),
        rowKey: (row) => row.id,
        href: (row) => `/alerts/${row.id}`,
        card: (row) => <AlertCard row={row} />,
        abnormal: {
          said: (n) => t("alert.openHidden", { n }),
          filters: { state: ["open"] },
        },
        choosing: may
          ? {
              most: MOST_AT_ONCE,
              nameOf: (row) => row.summary,
              acts: (chosen, letGo) => <SelectedActs alerts={chosen} onDone={letGo} />,
            }
          : undefined,
        empty: { title: t("alert.empty"), hint: t("alert.emptyHint") },
      }}
    />
  );
}
