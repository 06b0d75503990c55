/** One ticket on a board. */
import { Link } from "react-router";
import type { TicketRow } from "@/api/types";
import { useT } from "@/language";
import { Importance } from "@/parts/marks";
import { leading } from "@/rooms/tickets/clock";
import { ClockLine } from "@/rooms/tickets/clock-line";

export function TicketCard({ ticket, wall = false }: { ticket: TicketRow; wall?: boolean }) {
  const t = useT();
  const clock = leading(ticket.clocks);
  const where = [ticket.systems[0]?.name, ticket.item?.name].filter(
    (name) => name !== undefined && name !== "",
  );
  const body = (
    <>
      <p className="ticket-top">
        <span className="mono">{ticket.number}</span>
        {ticket.level ? (
          <span className="level">{ticket.level}</span>
        ) : (
          <span className="unassigned" title={t("ticket.noLevelWhy")}>
            {t("ticket.noLevel")}
          </span>
        )}
        <Importance value={ticket.importance} />
        <span className="ticket-state">{ticket.state_label}</span>
      </p>
      <h3>{ticket.title}</h3>
      {where.length > 0 ? (
        <p className="ticket-where clip" title={where.join(" · ")}>
          {where.join(" · ")}
        </p>
      ) : null}
      {clock ? <ClockLine clock={clock} /> : null}
      <p className="ticket-foot">
        {ticket.assignee ? (
          <>
            <span className="avatar" aria-hidden>
              {ticket.assignee.name.slice(0, 1)}
            </span>
            <span className="clip">{ticket.assignee.name}</span>
          </>
        ) : (
          <span className="unassigned">{t("word.unassigned")}</span>
        )}
        <span className="spring" />
        <span className="muted">{ticket.type_label}</span>
      </p>
    </>
  );
  return (
    <li className="ticket-card" data-ticket={ticket.number} data-state={ticket.state}>
      {wall ? <div>{body}</div> : <Link to={`/tickets/${ticket.id}`}>{body}</Link>}
    </li>
  );
}
