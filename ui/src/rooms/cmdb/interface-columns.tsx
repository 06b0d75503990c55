/** Interfaces in lists: an item, and who exchanges data over it. */
import type { Interface, Party } from "@/api/types";
import type { Translate } from "@/language";
import type { FilterName, Filter, Column } from "@/parts/list/types";
import { ItemCondition, judged } from "@/parts/marks";
import { itemColumns } from "./columns";

const FIRST = ["name", "key", "condition", "condition_since"];
const SHOWN = 3;

function PartyName({ party }: { party: Party }) {
  const { shown, owner } = party;
  return (
    <span className="interface-party">
      {shown.name}
      {owner?.name ? <small className="muted"> {owner.name}</small> : null}
    </span>
  );
}

/** Of many the first few and how many more; none is said, since an interface needs both sides. */
export function Parties({ of }: { of: readonly Party[] }) {
  if (of.length === 0) return <span className="muted">–</span>;
  return (
    <span className="interface-parties">
      {of.slice(0, SHOWN).map((party) => (
        <PartyName key={party.item.id ?? ""} party={party} />
      ))}
      {of.length > SHOWN ? <small className="muted">{`+${of.length - SHOWN}`}</small> : null}
    </span>
  );
}

export const interfaceColumns = (t: Translate): Column<Interface>[] => {
  const usual = itemColumns(t) as Column<Interface>[];
  return [
    ...usual.filter(({ key }) => FIRST.includes(key)),
    {
      key: "providers",
      label: t("interface.providers"),
      render: (row) => <Parties of={row.providers} />,
    },
    {
      key: "consumers",
      label: t("interface.consumers"),
      render: (row) => <Parties of={row.consumers} />,
    },
    ...usual
      .filter(({ key }) => !FIRST.includes(key))
      .map((column) => (column.key === "owner" ? column : { ...column, hidden: true })),
  ];
};

export const interfaceFilters = (t: Translate): Filter<FilterName<"/interfaces">>[] => [
  { name: "provider", label: t("interface.provider"), remote: "items" },
  { name: "consumer", label: t("interface.consumer"), remote: "items" },
  { name: "party", label: t("interface.party"), remote: "items" },
  {
    name: "condition",
    label: t("item.condition"),
    options: (["down", "critical", "warning", "unknown", "maintenance", "ok"] as const).map(
      (value) => ({ value, label: t(`condition.${value}`) }),
    ),
  },
  {
    name: "incomplete",
    label: t("interface.incomplete"),
    options: [{ value: "true", label: t("word.yes") }],
    single: true,
  },
];

export function InterfaceCard({ row, t }: { row: Interface; t: Translate }) {
  return (
    <>
      <span className="card-row">
        <ItemCondition item={row} quiet={judged(row) === "ok"} />
        <span className="spring" />
        <span className="card-note">{row.type_label}</span>
      </span>
      <span className="card-title">{row.name}</span>
      <span className="card-row">
        <Parties of={row.providers} />
        <b aria-label={t("interface.consumers")}>→</b>
        <Parties of={row.consumers} />
      </span>
    </>
  );
}
