/** Interfaces in lists: an item, and who exchanges data over it. */
import type { Interface, MessageCounts, Party } from "@/api/types";
import type { Translate } from "@/language";
import type { FilterName, Filter, Column } from "@/parts/list/types";
import { fullTime, quantity, shortTime } from "@/language/format";
import { ItemCondition, judged } from "@/parts/marks";
import { Ago } from "@/parts/time";
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

export const measuredText = {
  yes: "interface.countedYes",
  silent: "interface.countedSilent",
  no: "interface.countedNo",
  unknown: "interface.countedUnknown",
} as const;

type Count = "messages" | "sent" | "received" | "failed";

/** A number only where it is known, with what it is of; else why there is none. */
function Counted({ row, count, t }: { row: Interface; count: Count | "queued"; t: Translate }) {
  const told = row.messages;
  if (!told)
    return (
      <span className="muted" title={t("interface.countedHidden")}>
        –
      </span>
    );
  if (told.measured !== "yes")
    return count === "messages" ? (
      <span className="muted">{t(measuredText[told.measured])}</span>
    ) : (
      <span className="muted" title={t(measuredText[told.measured])}>
        –
      </span>
    );
  const value = count === "queued" ? told.queued : told.hour[count];
  if (value === null)
    return (
      <span className="muted" title={t("interface.countedNo")}>
        –
      </span>
    );
  const newest = told.last_at ? `${t("interface.newest")} ${fullTime(told.last_at)}` : "";
  const since = t("interface.since", { time: shortTime(told.hour.since) });
  return (
    <span title={count === "queued" ? newest : `${since} · ${newest}`}>{quantity(value)}</span>
  );
}

const countColumns = (t: Translate): Column<Interface>[] => [
  ...(
    [
      ["messages", t("interface.messages"), false],
      ["failed", t("interface.failed"), false],
      ["queued", t("interface.queued"), false],
      ["sent", t("interface.sentHour"), true],
      ["received", t("interface.receivedHour"), true],
    ] as const
  ).map(([key, label, hidden]) => ({
    key,
    label,
    hidden,
    sort: key,
    right: true,
    render: (row: Interface) => <Counted row={row} count={key} t={t} />,
  })),
  {
    key: "counted_at",
    label: t("interface.newest"),
    hidden: true,
    render: (row) => (row.messages?.last_at ? <Ago at={row.messages.last_at} /> : "–"),
  },
  {
    key: "measured",
    label: t("interface.counting"),
    hidden: true,
    render: (row) =>
      row.messages ? t(measuredText[row.messages.measured]) : t("interface.countedHidden"),
  },
];

/** In a card or a cell of the map: what passes in an hour, and what fails of it. */
export const passing = (
  told: { messages: number | null; failed: number | null },
  t: Translate,
): string[] => [
  ...(told.messages === null
    ? []
    : [t("interface.counted", { messages: quantity(told.messages) })]),
  ...(told.failed ? [t("interface.countedFailed", { failed: quantity(told.failed) })] : []),
];

const inCard = (told: MessageCounts | null, t: Translate): string =>
  told === null
    ? ""
    : told.measured === "yes"
      ? passing(told.hour, t).join(" · ")
      : `${t("interface.dayTitle")} · ${t(measuredText[told.measured])}`;

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
    ...countColumns(t),
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
  {
    name: "measured",
    label: t("interface.counting"),
    options: (["no", "silent", "yes"] as const).map((value) => ({
      value,
      label: t(measuredText[value]),
    })),
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
      <span className="card-row muted">{inCard(row.messages, t)}</span>
    </>
  );
}
