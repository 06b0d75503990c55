/** Items in lists. */
import { Link } from "react-router";
import type { Item } from "@/api/types";
import type { Translate } from "@/language";
import type { Column } from "@/parts/list/types";
import { Importance, ItemCondition, judged } from "@/parts/marks";
import { Names } from "@/parts/names";
import { Ago, Lasted } from "@/parts/time";

export const itemColumns = (t: Translate): Column<Item>[] => [
  { key: "name", label: t("item.name"), sort: "name", render: (row) => row.name },
  {
    key: "key",
    label: t("item.key"),
    sort: "key",
    hidden: true,
    render: (row) => <code>{row.key}</code>,
  },
  {
    key: "condition",
    label: t("item.condition"),
    sort: "condition",
    width: 100,
    render: (row) => <ItemCondition item={row} quiet={judged(row) === "ok"} />,
  },
  {
    key: "condition_since",
    export: false,
    label: t("item.since"),
    sort: "condition_since",
    hidden: true,
    width: 100,
    right: true,
    render: (row) => <Lasted from={row.condition_since} />,
  },
  {
    key: "type",
    export: "type_label",
    label: t("item.type"),
    sort: "type",
    width: 140,
    render: (row) => <span className="nowrap">{row.type_label}</span>,
  },
  {
    key: "layer",
    export: "layer_label",
    label: t("item.layer"),
    width: 130,
    render: (row) => row.layer_label,
  },
  {
    key: "importance",
    label: t("item.importance"),
    sort: "importance",
    width: 70,
    render: (row) => <Importance value={row.importance} />,
  },
  {
    key: "systems",
    label: t("item.systems"),
    width: 200,
    render: (row) => <Names of={row.systems} shown={1} />,
  },
  {
    key: "owner",
    label: t("item.owner"),
    width: 100,
    render: (row) =>
      row.owner?.id ? (
        <Link to={`/items/${row.owner.id}`}>{row.owner.name}</Link>
      ) : (
        (row.owner?.name ?? "–")
      ),
  },
  {
    key: "vendor",
    label: t("item.vendor"),
    hidden: true,
    render: (row) => row.vendor?.name ?? "–",
  },
  {
    key: "updated_at",
    label: t("item.updated"),
    sort: "updated_at",
    width: 120,
    render: (row) => <Ago at={row.updated_at} />,
  },
];

export function ItemCard({ row }: { row: Item }) {
  return (
    <>
      <span className="card-row">
        <ItemCondition item={row} quiet={judged(row) === "ok"} />
        <Importance value={row.importance} />
        <span className="spring" />
        <span className="card-note">{row.type_label}</span>
      </span>
      <span className="card-title">{row.name}</span>
      {row.systems.length > 0 ? (
        <span className="card-note">
          <Names of={row.systems} />
        </span>
      ) : null}
    </>
  );
}
