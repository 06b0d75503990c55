/** Lists inside an item's page: they do what the main lists do. */
import { useT } from "@/language";
import { List } from "@/parts/list/list";
import { At } from "@/parts/time";
import { plainValue } from "@/parts/value";
import { AlertCard, alertColumns, alertFilters } from "@/rooms/alerts/columns";
import { TicketListCard, ticketColumns, useTicketFilters } from "@/rooms/tickets/columns";
import { ItemCard, itemColumns } from "./columns";
import { relationColumns, RelationCard } from "./relation-columns";

/** Of what a list inside the page tells: of one thing, or of all the parts of a system. */
export type Reach = { item: string[] } | { system: string[] };

export function ItemAlerts({ reach }: { reach: Reach }) {
  const t = useT();
  return (
    <List
      spec={{
        inside: true,
        page: "item-alerts",
        topic: "alerts",
        path: "/alerts",
        fixed: reach,
        rowKey: (row) => row.id,
        href: (row) => `/alerts/${row.id}`,
        columns: alertColumns(t).filter((column) => !("item" in reach) || column.key !== "item"),
        filters: alertFilters(t).slice(0, 2),
        card: (row) => <AlertCard row={row} />,
        empty: { title: t("alert.empty"), hint: t("alert.emptyHint") },
      }}
    />
  );
}

export function ItemTickets({ reach }: { reach: Reach }) {
  const t = useT();
  const filters = useTicketFilters();
  return (
    <List
      spec={{
        inside: true,
        page: "item-tickets",
        topic: "tickets",
        path: "/tickets",
        fixed: reach,
        rowKey: (row) => row.id,
        href: (row) => `/tickets/${row.id}`,
        columns: ticketColumns(t).filter((column) => !("item" in reach) || column.key !== "item"),
        filters: filters.slice(0, 2),
        card: (row) => <TicketListCard row={row} />,
        empty: { title: t("ticket.empty"), hint: t("ticket.emptyHint") },
      }}
    />
  );
}

/** The parts of a business system, the worst first. */
export function SystemParts({ system }: { system: string }) {
  const t = useT();
  const columns = itemColumns(t).filter(
    (column) => !["systems", "updated_at", "importance"].includes(column.key),
  );
  return (
    <List
      spec={{
        inside: true,
        page: "system-parts",
        topic: "items",
        path: "/items",
        fixed: { system: [system] },
        usualSort: "condition",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns,
        card: (row) => <ItemCard row={row} />,
        empty: { title: t("item.empty"), hint: t("item.emptyHint") },
      }}
    />
  );
}

export function ItemRelations({ item }: { item: string }) {
  const t = useT();
  return (
    <List
      spec={{
        inside: true,
        page: "item-relations",
        topic: "items",
        path: "/relations",
        fixed: { item: [item] },
        rowKey: (row) => row.id,
        searchable: false,
        columns: relationColumns(t),
        card: (row) => <RelationCard row={row} />,
        empty: { title: t("item.noRelations"), hint: t("relation.emptyHint") },
      }}
    />
  );
}

export function ItemChanges({ item }: { item: string }) {
  const t = useT();
  return (
    <List
      spec={{
        inside: true,
        page: "item-changes",
        topic: "items",
        path: "/items/{item_id}/changes",
        blanks: { item_id: item },
        rowKey: (row) => String(row.id),
        searchable: false,
        columns: [
          { key: "at", label: t("item.when"), width: 120, render: (row) => <At at={row.at} /> },
          {
            key: "actor",
            label: t("item.who"),
            width: 120,
            render: (row) => row.actor?.name ?? "–",
          },
          { key: "field", label: t("item.field"), width: 180, render: (row) => row.field },
          {
            key: "old",
            label: t("item.before"),
            render: (row) => <span className="muted">{plainValue(row.old)}</span>,
          },
          { key: "new", label: t("item.after"), render: (row) => plainValue(row.new) },
        ],
        card: (row) => (
          <>
            <span className="card-row card-note">
              {row.actor?.name ?? "–"}
              <span className="spring" />
              <At at={row.at} />
            </span>
            <span>
              {row.field}: {plainValue(row.old)} → {plainValue(row.new)}
            </span>
          </>
        ),
        empty: { title: t("item.noChanges"), hint: "" },
      }}
    />
  );
}
