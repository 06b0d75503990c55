/** All alerts; the open ones first. */
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { AlertCard, alertColumns, alertFilters } from "./columns";

export default function AlertsPage() {
  const t = useT();
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
        empty: { title: t("alert.empty"), hint: t("alert.emptyHint") },
      }}
    />
  );
}
