/** What the graph finds, item by item: filtered, sorted and exported like any list. */
import { useGet } from "@/api/queries";
import type { Item, ReachedItem } from "@/api/types";
import { useT, type Translate } from "@/language";
import { List } from "@/parts/list/list";
import type { Column } from "@/parts/list/types";
import { ConditionMark, Importance } from "@/parts/marks";

interface Props {
  item: Item;
  way: "model" | "both" | "supports" | "supported-by";
  depth: number | null;
  to: string | null;
}

const columns = (t: Translate): Column<ReachedItem>[] => [
  { key: "name", label: t("item.name"), sort: "name", render: (row) => row.name },
  { key: "key", label: t("item.key"), sort: "key", hidden: true, render: (row) => row.key },
  { key: "type_label", label: t("item.type"), sort: "type_label", render: (row) => row.type_label },
  {
    key: "layer_label",
    label: t("item.layer"),
    sort: "layer_label",
    render: (row) => row.layer_label,
  },
  {
    key: "condition",
    label: t("item.condition"),
    sort: "condition",
    render: (row) => <ConditionMark condition={row.condition} />,
  },
  {
    key: "importance",
    label: t("item.importance"),
    sort: "importance",
    render: (row) => <Importance value={row.importance} />,
  },
  { key: "owner", label: t("item.owner"), sort: "owner", render: (row) => row.owner ?? "–" },
  {
    key: "side",
    label: t("graph.way"),
    sort: "side",
    render: (row) => (row.side ? t(`graph.${row.side}`) : "–"),
  },
  {
    key: "steps",
    label: t("graph.stepsAway"),
    sort: "steps",
    right: true,
    render: (row) => row.steps,
  },
];

const card = (row: ReachedItem, t: Translate) => (
  <>
    <span className="card-row">
      <ConditionMark condition={row.condition} />
      <span className="spring" />
      <span className="card-note">{row.type_label}</span>
    </span>
    <span className="card-title">{row.name}</span>
    <span className="card-row muted">
      {row.side ? `${t(`graph.${row.side}`)} · ` : ""}
      {t("graph.stepsAway")} {row.steps}
    </span>
  </>
);

export function GraphItems({ item, way, depth, to }: Props) {
  const t = useT();
  const layers = useGet("definitions", "/layers").data?.items ?? [];
  const filters = [
    {
      name: "condition" as const,
      label: t("item.condition"),
      options: (["down", "critical", "warning", "unknown", "maintenance", "ok"] as const).map(
        (value) => ({ value, label: t(`condition.${value}`) }),
      ),
    },
    {
      name: "layer" as const,
      label: t("item.layer"),
      options: layers.map(({ name, label }) => ({ value: name, label })),
    },
    {
      name: "importance" as const,
      label: t("item.importance"),
      options: ["A", "B", "C"].map((value) => ({ value, label: value })),
    },
  ];
  const shared = {
    inside: true as const,
    exported: true,
    page: "graph-items",
    topic: "items" as const,
    rowKey: (row: ReachedItem) => row.id,
    href: (row: ReachedItem) => `/items/${row.id}`,
    columns: columns(t),
    filters,
    card: (row: ReachedItem) => card(row, t),
    empty: { title: t("graph.none"), hint: t("graph.noneHint") },
  };
  if (to !== null)
    return (
      <List key={to} spec={{ ...shared, path: "/paths/items", fixed: { from: item.id, to } }} />
    );
  if (way === "model")
    return (
      <List
        key="model"
        spec={{
          ...shared,
          path: "/systems/{system_id}/model/items",
          blanks: { system_id: item.id },
        }}
      />
    );
  return (
    <List
      key={way}
      spec={{
        ...shared,
        path: "/items/{item_id}/graph/items",
        blanks: { item_id: item.id },
        fixed: { direction: way, ...(depth === null ? {} : { depth }) },
      }}
    />
  );
}
