/** Alerts in lists. */
import { Link } from "react-router";
import type { Alert } from "@/api/types";
import { useT, type Translate } from "@/language";
import { quantity } from "@/language/format";
import type { Column, Filter, FilterName } from "@/parts/list/types";
import { CONDITIONS, Glyph, SeverityMark } from "@/parts/marks";
import { Names } from "@/parts/names";
import { At, Lasted } from "@/parts/time";
import { HandlingMarks } from "./marks";

const STATES = {
  open: CONDITIONS.critical,
  resolved: CONDITIONS.ok,
  closed: CONDITIONS.unknown,
} as const;

export function AlertState({ alert }: { alert: Alert }) {
  const t = useT();
  const sign = STATES[alert.state];
  return (
    <span className={`mark mark-quiet tone-${sign.tone}`}>
      <Glyph shape={sign.shape} size="0.85em" />
      {t(`alert.${alert.state}`)}
    </span>
  );
}

export const alertColumns = (t: Translate): Column<Alert>[] => [
  {
    key: "severity",
    label: t("alert.severity"),
    sort: "severity",
    width: 90,
    render: (row) => <SeverityMark severity={row.severity} />,
  },
  {
    key: "summary",
    label: t("alert.summary"),
    render: (row) => <Link to={`/alerts/${row.id}`}>{row.summary}</Link>,
  },
  {
    key: "item",
    label: t("alert.item"),
    sort: "item",
    render: (row) => <Link to={`/items/${row.item.id}`}>{row.item.name}</Link>,
  },
  {
    key: "rule",
    export: "rule_label",
    label: t("alert.rule"),
    sort: "rule",
    hidden: true,
    render: (row) => row.rule_label,
  },
  {
    key: "systems",
    label: t("alert.systems"),
    width: 200,
    render: (row) => <Names of={row.systems} shown={1} />,
  },
  {
    key: "value",
    label: t("alert.value"),
    width: 100,
    right: true,
    render: (row) => quantity(row.value, row.unit),
  },
  { key: "state", label: t("alert.state"), width: 90, render: (row) => <AlertState alert={row} /> },
  {
    key: "handling",
    export: "acknowledged",
    label: t("alert.handling"),
    width: 150,
    render: (row) => <HandlingMarks alert={row} />,
  },
  {
    key: "started_at",
    label: t("alert.startedAt"),
    sort: "started_at",
    width: 110,
    render: (row) => <At at={row.started_at} />,
  },
  {
    key: "lasted",
    export: false,
    label: t("alert.lasted"),
    width: 90,
    right: true,
    render: (row) => <Lasted from={row.started_at} to={row.ended_at} />,
  },
  {
    key: "ended_at",
    label: t("alert.endedAt"),
    sort: "ended_at",
    hidden: true,
    render: (row) => <At at={row.ended_at} />,
  },
];

const yesNo = (
  t: Translate,
  name: "acknowledged" | "silenced",
  label: string,
): Filter<FilterName<"/alerts">> => ({
  name,
  label,
  single: true,
  options: [
    { value: "true", label: `${label}: ${t("word.yes")}` },
    { value: "false", label: `${label}: ${t("word.no")}` },
  ],
});

export const alertFilters = (t: Translate): Filter<FilterName<"/alerts">>[] => [
  {
    name: "state",
    label: t("alert.state"),
    single: true,
    options: [
      { value: "open", label: t("alert.open") },
      { value: "resolved", label: t("alert.resolved") },
      { value: "closed", label: t("alert.closed") },
    ],
  },
  {
    name: "severity",
    label: t("alert.severity"),
    options: (["disaster", "critical", "warning", "info"] as const).map((value) => ({
      value,
      label: t(`severity.${value}`),
    })),
  },
  yesNo(t, "acknowledged", t("alert.isAcknowledged")),
  yesNo(t, "silenced", t("alert.isSilenced")),
  { name: "item", label: t("alert.item"), remote: "items" },
  { name: "system", label: t("alert.systems"), remote: "systems" },
];

export function AlertCard({ row }: { row: Alert }) {
  return (
    <>
      <span className="card-row">
        <SeverityMark severity={row.severity} />
        <AlertState alert={row} />
        <span className="spring" />
        <Lasted from={row.started_at} to={row.ended_at} />
      </span>
      <span className="card-title">{row.summary}</span>
      <HandlingMarks alert={row} />
      <span className="card-row card-note">
        {row.item.name}
        <span className="spring" />
        <At at={row.started_at} />
      </span>
    </>
  );
}
