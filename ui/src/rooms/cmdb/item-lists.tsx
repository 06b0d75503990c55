/** Lists inside an item's page: they do what the main lists do. */
import type { Condition, Item } from "@/api/types";
import { useT } from "@/language";
import { List } from "@/parts/list/list";
import { AlertCard, alertColumns, alertFilters } from "@/rooms/alerts/columns";
import { TicketListCard, ticketColumns, useTicketFilters } from "@/rooms/tickets/columns";
import { ItemCard, itemColumns } from "./columns";
import { InterfaceCard, interfaceColumns, interfaceFilters } from "./interface-columns";
import "./interface.css";
import { useRelationActs } from "./relation-acts";
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

const WRONG: ReadonlySet<Condition> = new Set(["down", "critical", "warning", "maintenance"]);

/** The parts of a business system: what is abnormal first, the rest layer by layer. */
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
        fixed: { part_of: [system] },
        usualSort: "part",
        groupOf: (row) => (WRONG.has(row.condition) ? t("item.partsWrong") : row.layer_label),
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns,
        card: (row) => <ItemCard row={row} />,
        empty: { title: t("graph.partsNone"), hint: t("graph.partsNoneHint") },
      }}
    />
  );
}

/** Interfaces that a business system provides or consumes. */
export function SystemInterfaces({ system }: { system: string }) {
  const t = useT();
  return (
    <List
      spec={{
        inside: true,
        page: "system-interfaces",
        topic: "items",
        path: "/interfaces",
        fixed: { party: [system] },
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: interfaceColumns(t),
        filters: interfaceFilters(t).filter(({ name }) => name !== "party"),
        card: (row) => <InterfaceCard row={row} t={t} />,
        empty: { title: t("interface.none"), hint: t("interface.noneHint") },
      }}
    />
  );
}

/** Relations of one item: made, changed and taken away here too. */
export function ItemRelations({ item }: { item: Item }) {
  const t = useT();
  const { id, key, name, type } = item;
  const acts = useRelationActs(item.retired_at === null ? { id, key, name, type } : undefined);
  return (
    <>
      {acts.create && item.retired_at === null ? (
        <div className="form-actions">{acts.create}</div>
      ) : null}
      <List
        spec={{
          inside: true,
          page: "item-relations",
          topic: "items",
          path: "/relations",
          fixed: { item: [id] },
          rowKey: (row) => row.id,
          searchable: false,
          columns: [...relationColumns(t), ...acts.columns],
          card: (row) => (
            <>
              <RelationCard row={row} />
              {acts.onRow(row)}
            </>
          ),
          empty: { title: t("item.noRelations"), hint: t("relation.emptyHint") },
        }}
      />
      {acts.form}
    </>
  );
}
