/** All configuration items. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import { ItemCard, itemColumns } from "./columns";

const CONDITIONS = ["down", "critical", "warning", "unknown", "maintenance", "ok"] as const;

export default function ItemsPage() {
  const t = useT();
  const may = useMay("cmdb.write");
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const layers = useGet("definitions", "/layers").data?.items ?? [];
  return (
    <ListPage
      actions={
        may ? (
          <Link className="button button-main" to="/items/new">
            <Icon name="newTicket" size={16} />
            {t("item.create")}
          </Link>
        ) : null
      }
      spec={{
        page: "items",
        topic: "items",
        path: "/items",
        columns: itemColumns(t),
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        card: (row) => <ItemCard row={row} />,
        empty: { title: t("item.empty"), hint: t("item.emptyHint") },
        filters: [
          {
            name: "type",
            label: t("item.type"),
            options: types
              .filter((type) => !type.abstract)
              .map((type) => ({ value: type.name, label: type.label })),
          },
          {
            name: "layer",
            label: t("item.layer"),
            options: layers.map((layer) => ({ value: layer.name, label: layer.label })),
          },
          {
            name: "condition",
            label: t("item.condition"),
            options: CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) })),
          },
          {
            name: "class",
            label: t("item.importance"),
            options: ["A", "B", "C"].map((value) => ({ value, label: value })),
          },
          { name: "system", label: t("item.systems"), remote: "systems" },
        ],
      }}
    />
  );
}
