/** Relations in lists. */
import { Link } from "react-router";
import type { Relation, TypedRef } from "@/api/types";
import { useT, type Translate } from "@/language";
import type { Column } from "@/parts/list/types";
import "./relation.css";

function End({ item }: { item: TypedRef }) {
  return (
    <>
      <Link to={`/items/${item.id}`}>{item.name}</Link>
      {item.key ? <small className="muted mono"> {item.key}</small> : null}
    </>
  );
}

/** Nobody drew it, and nobody takes it away by hand. */
function ByRule({ row }: { row: Relation }) {
  const t = useT();
  if (row.rule === null) return null;
  return (
    <small className="muted relation-rule" title={t("relation.byRuleHint")}>
      {t("relation.byRule", { rule: row.rule })}
    </small>
  );
}

const standbyText = (t: Translate, row: Relation): string =>
  row.standby ? t(`relation.${row.standby}`) : "–";

export const relationColumns = (t: Translate): Column<Relation>[] => [
  {
    key: "source",
    label: t("relation.source"),
    sort: "source",
    render: (row) => <End item={row.source} />,
  },
  {
    key: "kind",
    export: "kind_label",
    label: t("relation.kind"),
    sort: "kind",
    width: 120,
    render: (row) => (
      <>
        <b className="nowrap">{row.kind_label} →</b>
        <ByRule row={row} />
      </>
    ),
  },
  {
    key: "target",
    label: t("relation.target"),
    sort: "target",
    render: (row) => <End item={row.target} />,
  },
  { key: "group", label: t("relation.group"), width: 100, render: (row) => row.group ?? "–" },
  {
    key: "need",
    label: t("relation.need"),
    width: 90,
    right: true,
    render: (row) => row.need ?? "–",
  },
  { key: "standby", label: t("relation.standby"), width: 90, render: (row) => standbyText(t, row) },
  {
    key: "switch_minutes",
    label: t("relation.switchMinutes"),
    width: 110,
    right: true,
    hidden: true,
    render: (row) => row.switch_minutes ?? "–",
  },
];

export function RelationCard({ row }: { row: Relation }) {
  const t = useT();
  return (
    <>
      <span className="card-title">
        <End item={row.source} />
      </span>
      <span className="card-row">
        <b>{row.kind_label} →</b>
        <End item={row.target} />
      </span>
      <ByRule row={row} />
      {row.standby ? <span className="card-note">{standbyText(t, row)}</span> : null}
    </>
  );
}
