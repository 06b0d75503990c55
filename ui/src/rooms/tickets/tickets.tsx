/** All tickets. */
import { Link } from "react-router";
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import { usePhone } from "@/parts/phone";
import { ManyActs } from "./many-acts";
import { ticketColumns, TicketListCard, useTicketFilters } from "./columns";

export default function TicketsPage() {
  const t = useT();
  const phone = usePhone();
  const filters = useTicketFilters();
  const may = useMay("tickets.open");
  return (
    <ListPage
      actions={
        may ? (
          <Link
            className={phone ? "button button-main thumb" : "button button-main"}
            to="/tickets/new"
          >
            <Icon name="newTicket" size={16} />
            {t("ticket.newTitle")}
          </Link>
        ) : null
      }
      spec={{
        page: "tickets",
        topic: "tickets",
        path: "/tickets",
        initial: { open: "true" },
        columns: ticketColumns(t),
        filters,
        rowKey: (row) => row.id,
        href: (row) => `/tickets/${row.id}`,
        card: (row) => <TicketListCard row={row} />,
        choosing: {
          nameOf: (row) => `${row.number} ${row.title}`,
          acts: (chosen, letGo) => <ManyActs tickets={chosen} letGo={letGo} />,
        },
        empty: { title: t("ticket.empty"), hint: t("ticket.emptyHint") },
      }}
    />
  );
}
