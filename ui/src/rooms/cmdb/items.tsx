/** All configuration items. Of the chosen types, marked attributes are columns and filters too. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item, ItemType } from "@/api/types";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import type { Choosing } from "@/parts/list/choice";
import { useListState } from "@/parts/list/list";
import { ListPage } from "@/parts/list/list-page";
import type { Filter, FilterName } from "@/parts/list/types";
import { attributeColumn, CardAttributes } from "./attribute-columns";
import { ItemCard, itemColumns } from "./columns";
import { DeleteSeveral } from "./delete-items";
import { itemVocabulary } from "./expression-names";
import { CONDITIONS } from "./item-vocabulary";
import { MergeSeveral } from "./merge-items";
import { PrintLabels } from "./print-labels";
import { MOST, RelateMany } from "./relate-many";
import { attributeFilter, attributesOf } from "./marked-attributes";

/** What the server counts as wrong. */
const ABNORMAL = ["down", "critical", "warning", "maintenance"] as const;
/** Columns that give way to those of the chosen types. */
const ONE_TYPE_NEEDS_NOT = ["layer", "updated_at"];

function useItemFilters(types: readonly ItemType[]): Filter<FilterName<"/items">>[] {
  const t = useT();
  const layers = useGet("definitions", "/layers").data?.items ?? [];
  const named = layers.map((layer) => ({ value: layer.name, label: layer.label }));
  const conditions = CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) }));
  return [
    {
      name: "type",
      label: t("item.type"),
      options: types.map((type) => ({ value: type.name, label: type.label })),
    },
    {
      name: "layer",
      label: t("item.layer"),
      options: named,
    },
    {
      name: "condition",
      label: t("item.condition"),
      options: conditions,
    },
    {
      name: "class",
      label: t("item.importance"),
      options: ["A", "B", "C"].map((value) => ({ value, label: value })),
    },
    { name: "system", label: t("item.systems"), remote: "systems" },
    {
      name: "unfit",
      label: t("item.unfit"),
      options: [{ value: "true", label: t("word.yes") }],
      single: true,
    },
    {
      name: "retired",
      label: t("item.withRetired"),
      options: [{ value: "true", label: t("word.yes") }],
      single: true,
    },
    {
      name: "where",
      label: t("list.expression"),
      expression: itemVocabulary(t, types, named, conditions),
    },
  ];
}

const CHOOSING: Choosing<Item> = {
  nameOf: ({ name }) => name,
  most: MOST,
  acts: (chosen, letGo) => (
    <>
      <PrintLabels items={chosen} />
      <RelateMany items={chosen} letGo={letGo} />
      <MergeSeveral items={chosen} letGo={letGo} />
      <DeleteSeveral items={chosen} letGo={letGo} />
    </>
  ),
};

export default function ItemsPage() {
  const t = useT();
  const may = useMay("cmdb.write");
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const [{ filters: chosen }] = useListState(["type"]);
  const attributes = attributesOf(types, chosen["type"] ?? []);
  const words = { yes: t("word.yes"), no: t("word.no") };
  const usual = itemColumns(t).map((column) =>
    attributes.length > 0 && ONE_TYPE_NEEDS_NOT.includes(column.key)
      ? { ...column, hidden: true }
      : column,
  );
  const searched = attributes.filter(({ search }) => search).map(({ label }) => label);
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
        columns: [...usual, ...attributes.map(attributeColumn)],
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        card: (row) => (
          <>
            <ItemCard row={row} />
            <CardAttributes row={row} attributes={attributes} />
          </>
        ),
        ...(may ? { choosing: CHOOSING } : {}),
        empty: { title: t("item.empty"), hint: t("item.emptyHint") },
        abnormal: {
          said: (n) => t("item.abnormalHidden", { n }),
          filters: { condition: [...ABNORMAL] },
        },
        searched: [t("item.name"), t("item.key"), ...searched],
        filters: [
          ...useItemFilters(types),
          ...attributes.filter(({ filter }) => filter).map((each) => attributeFilter(each, words)),
        ],
      }}
    />
  );
}
