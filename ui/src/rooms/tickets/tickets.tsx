/** All tickets. */
import { Link } from "react-router";
import { useMay } from "@/api/session";
import type { TicketRow } from "@/api/types";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { List } from "@/parts/list/list";
import { useTitle } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { ticketColumns, TicketListCard, useTicketFilters } from "./columns";

export default function TicketsPage() {
  const t = useT();
  const phone = usePhone();
  const filters = useTicketFilters();
  const may = useMay("tickets.open");
  useTitle(t("nav.tickets"));
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-titles">
          <h1>{t("nav.tickets")}</h1>
        </div>
        {may ? (
          <Link
            className={phone ? "button button-main thumb" : "button button-main"}
            to="/tickets/new"
          >
            <Icon name="newTicket" size={16} />
            {t("nav.newTicket")}
          </Link>
        ) : null}
      </header>
      <List<TicketRow>
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
          empty: { title: t("ticket.empty"), hint: t("ticket.emptyHint") },
        }}
      />
    </div>
  );
}
