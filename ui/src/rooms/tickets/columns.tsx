/** Tickets in lists: columns, filters and the phone's card. */
import { useGet } from "@/api/queries";
import type { TicketRow } from "@/api/types";
import { useT, type Translate } from "@/language";
import type { Column, Filter, FilterName } from "@/parts/list/types";
import { ColourMark, Importance } from "@/parts/marks";
import { Names } from "@/parts/names";
import { useNow } from "@/parts/now";
import { Ago, At } from "@/parts/time";
import { leading, ticketColourAt } from "./clock";
import { Remaining } from "./clock-line";

/** The colour as it is now, not as it was when the list was fetched. */
export function LiveColour({
  ticket,
  quiet = false,
}: {
  ticket: Pick<TicketRow, "colour" | "clocks">;
  quiet?: boolean;
}) {
  const at = useNow();
  return <ColourMark colour={ticketColourAt(ticket, at)} quiet={quiet} />;
}

/** What a ticket follows and nobody can read any more; its row is told without it. */
export function Missing({ ticket }: { ticket: Pick<TicketRow, "missing"> }) {
  return ticket.missing ? <small className="refused">{ticket.missing}</small> : null;
}

export const ticketColumns = (t: Translate): Column<TicketRow>[] => [
  {
    key: "number",
    label: t("ticket.number"),
    sort: "number",
    width: 150,
    render: (row) => <span className="mono nowrap">{row.number}</span>,
  },
  {
    key: "colour",
    label: t("ticket.colour"),
    sort: "colour",
    width: 90,
    render: (row) => <LiveColour ticket={row} />,
  },
  {
    key: "remaining",
    export: false,
    label: t("ticket.remaining"),
    sort: "due_at",
    width: 120,
    right: true,
    render: (row) => <Remaining clock={leading(row.clocks)} />,
  },
  {
    key: "title",
    label: t("ticket.title"),
    sort: "title",
    render: (row) => (
      <>
        {row.title}
        <Missing ticket={row} />
      </>
    ),
  },
  {
    key: "type",
    export: "type_label",
    label: t("ticket.type"),
    hidden: true,
    render: (row) => row.type_label,
  },
  {
    key: "state",
    export: "state_label",
    label: t("ticket.state"),
    sort: "state",
    width: 90,
    render: (row) => <span className="nowrap">{row.state_label}</span>,
  },
  {
    key: "level",
    label: t("ticket.level"),
    sort: "level",
    width: 70,
    render: (row) => row.level ?? <span className="unassigned">{t("ticket.noLevel")}</span>,
  },
  {
    key: "importance",
    label: t("item.importance"),
    hidden: true,
    render: (row) => <Importance value={row.importance} />,
  },
  {
    key: "assignee",
    label: t("ticket.assignee"),
    width: 110,
    render: (row) =>
      row.assignee?.name ?? <span className="unassigned nowrap">{t("word.unassigned")}</span>,
  },
  { key: "item", label: t("ticket.item"), render: (row) => row.item?.name ?? "–" },
  {
    key: "systems",
    label: t("ticket.systems"),
    hidden: true,
    render: (row) => <Names of={row.systems} />,
  },
  {
    key: "due_at",
    label: t("ticket.due"),
    sort: "due_at",
    hidden: true,
    render: (row) => <At at={row.due_at} />,
  },
  {
    key: "opened_at",
    label: t("ticket.openedAt"),
    sort: "opened_at",
    width: 110,
    render: (row) => <At at={row.opened_at} />,
  },
  {
    key: "resolved_at",
    label: t("ticket.resolvedAt"),
    sort: "resolved_at",
    hidden: true,
    render: (row) => <At at={row.resolved_at} />,
  },
  {
    key: "updated_at",
    export: false,
    label: t("ticket.updatedAt"),
    sort: "updated_at",
    hidden: true,
    render: (row) => <Ago at={row.updated_at} />,
  },
];

export function TicketListCard({ row }: { row: TicketRow }) {
  const t = useT();
  return (
    <>
      <span className="card-row">
        <LiveColour ticket={row} />
        <span className="mono card-note">{row.number}</span>
        <span className="spring" />
        <Remaining clock={leading(row.clocks)} />
      </span>
      <span className="card-title">{row.title}</span>
      <Missing ticket={row} />
      <span className="card-row card-note">
        {row.state_label} · {row.assignee?.name ?? t("word.unassigned")}
        <span className="spring" />
        <At at={row.opened_at} />
      </span>
    </>
  );
}

export function useTicketFilters(): Filter<FilterName<"/tickets">>[] {
  const t = useT();
  const types = useGet("definitions", "/ticket-types").data?.items ?? [];
  const states = new Map(
    types.flatMap((type) => type.states.map((state) => [state.name, state.label] as const)),
  );
  return [
    {
      name: "open",
      label: t("ticket.open"),
      single: true,
      options: [
        { value: "true", label: t("ticket.open") },
        { value: "false", label: t("ticket.closed") },
      ],
    },
    {
      name: "colour",
      label: t("ticket.colour"),
      options: (["black", "red", "yellow", "green", "grey"] as const).map((value) => ({
        value,
        label: t(`colour.${value}`),
      })),
    },
    {
      name: "type",
      label: t("ticket.type"),
      options: types.map((type) => ({ value: type.name, label: type.label })),
    },
    {
      name: "state",
      label: t("ticket.state"),
      options: [...states].map(([value, label]) => ({ value, label })),
    },
    {
      name: "assignee",
      label: t("ticket.assignee"),
      single: true,
      options: [
        { value: "me", label: t("ticket.assigneeMe") },
        { value: "none", label: t("ticket.assigneeNone") },
      ],
    },
    { name: "system", label: t("ticket.systems"), remote: "systems" },
  ];
}
