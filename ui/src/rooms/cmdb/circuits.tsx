/** Circuits with both ends, and how their contracts are. */
import type { Circuit } from "@/api/types";
import { useGet } from "@/api/queries";
import { useT, type Translate } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import type { Column, Filter, FilterName } from "@/parts/list/types";
import { Glyph, ItemCondition, judged, type Shape } from "@/parts/marks";
import { attributeColumn } from "./attribute-columns";
import { itemColumns } from "./columns";
import { attributesOf } from "./marked-attributes";
import "./interface.css";

/** What makes a thing stand in this list. */
const ROLE = "circuit";

const SIGNS = {
  running: { shape: "check", tone: "green" },
  ending: { shape: "diamond", tone: "yellow" },
  ended: { shape: "triangle", tone: "red" },
} as const satisfies Record<string, { shape: Shape; tone: string }>;

const STATES = ["ended", "ending", "running"] as const;

function Ends({ of }: { of: Circuit["ends"] }) {
  if (of.length === 0) return <span className="muted">–</span>;
  return (
    <span className="interface-parties">
      {of.map((end, number) => (
        <span key={number}>
          {number > 0 ? <b aria-hidden>⇄ </b> : null}
          {end.item.name}
        </span>
      ))}
    </span>
  );
}

function ContractEnd({ row, t }: { row: Circuit; t: Translate }) {
  if (!row.contract_state) return <span className="muted">–</span>;
  return (
    <span className="nowrap">
      <Glyph {...SIGNS[row.contract_state]} />{" "}
      {t("circuit.endsOn", {
        state: t(`circuit.${row.contract_state}`),
        day: row.contract_ends_on ?? "",
      })}
    </span>
  );
}

const FIRST = ["name", "key", "condition"];

const circuitColumns = (t: Translate): Column<Circuit>[] => {
  const usual = itemColumns(t) as Column<Circuit>[];
  return [
    ...usual.filter(({ key }) => FIRST.includes(key)),
    { key: "ends", label: t("circuit.ends"), width: 260, render: (row) => <Ends of={row.ends} /> },
    {
      key: "contract_state",
      label: t("circuit.contract"),
      width: 180,
      render: (row) => <ContractEnd row={row} t={t} />,
    },
    ...usual
      .filter(({ key }) => !FIRST.includes(key))
      .map((column) => ({ ...column, hidden: true })),
  ];
};

const circuitFilters = (t: Translate): Filter<FilterName<"/circuits">>[] => [
  { name: "end", label: t("circuit.end"), remote: "items" },
  {
    name: "contract_state",
    label: t("circuit.contract"),
    options: STATES.map((value) => ({ value, label: t(`circuit.${value}`) })),
  },
  {
    name: "incomplete",
    label: t("circuit.incomplete"),
    options: [{ value: "true", label: t("word.yes") }],
    single: true,
  },
];

export default function CircuitsPage() {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const names = types.filter(({ roles }) => roles.includes(ROLE)).map(({ name }) => name);
  return (
    <ListPage
      spec={{
        page: "circuits",
        topic: "items",
        path: "/circuits",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [...circuitColumns(t), ...attributesOf(types, names).map(attributeColumn)],
        filters: circuitFilters(t),
        card: (row) => (
          <>
            <span className="card-row">
              <ItemCondition item={row} quiet={judged(row) === "ok"} />
              <span className="spring" />
              <ContractEnd row={row} t={t} />
            </span>
            <span className="card-title">{row.name}</span>
            <Ends of={row.ends} />
          </>
        ),
        empty: { title: t("circuit.none"), hint: t("circuit.noneHint") },
      }}
    />
  );
}
