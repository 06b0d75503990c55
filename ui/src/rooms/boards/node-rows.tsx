/** The nodes of the status board. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { StatusRow } from "@/api/types";
import { useT } from "@/language";
import { shortTime, span } from "@/language/format";
import { COLOURS, ConditionMark, Glyph, SEVERITIES } from "@/parts/marks";
import { Names } from "@/parts/names";
import { useNow } from "@/parts/now";

const MOST = 3;

function Since({ since }: { since: string | null }) {
  const at = useNow();
  if (!since) return <span className="muted">–</span>;
  return (
    <>
      {span((at - Date.parse(since)) / 1000)}
      <div className="node-sub">{shortTime(since)}</div>
    </>
  );
}

function Alerts({ row }: { row: StatusRow }) {
  const t = useT();
  if (row.alerts.length === 0) return <span className="muted">{t("board.noAlert")}</span>;
  return (
    <ul>
      {row.alerts.slice(0, MOST).map((alert) => (
        <li key={alert.id}>
          <Glyph {...SEVERITIES[alert.severity]} size="0.9em" />
          <span>{alert.summary}</span>
        </li>
      ))}
      {row.alerts.length > MOST ? (
        <li className="muted">{t("board.moreAlerts", { n: row.alerts.length - MOST })}</li>
      ) : null}
    </ul>
  );
}

function Who({ row, wall }: { row: StatusRow; wall: boolean }) {
  const t = useT();
  if (row.tickets.length === 0) return <span className="unassigned">{t("board.nobody")}</span>;
  return (
    <ul>
      {row.tickets.slice(0, MOST).map((ticket) => (
        <li key={ticket.id}>
          <Glyph {...COLOURS[ticket.colour]} size="0.9em" />
          <span>
            {ticket.assignee ? (
              <b>{ticket.assignee.name}</b>
            ) : (
              <span className="unassigned">{t("word.unassigned")}</span>
            )}
            <span className="node-sub">
              {" "}
              {wall ? (
                ticket.number
              ) : (
                <Link to={`/tickets/${ticket.id}`}>{ticket.number}</Link>
              )}{" "}
              {ticket.state_label}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

export function NodeRows({ rows, wall = false }: { rows: readonly StatusRow[]; wall?: boolean }) {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const labels = new Map(types.map((type) => [type.name, type.label]));
  return (
    <div className="nodes" data-board="status">
      <div className="node node-head" aria-hidden>
        <span>{t("board.condition")}</span>
        <span>{t("board.node")}</span>
        <span>{t("board.alerts")}</span>
        <span>{t("board.who")}</span>
        <span className="node-since">{t("item.since")}</span>
      </div>
      {rows.map((row) => (
        <article
          key={row.item.id}
          className={`node node-${row.condition}`}
          data-item={row.item.name}
        >
          <div>
            <ConditionMark condition={row.condition} />
          </div>
          <div>
            {wall ? (
              <span className="node-name">{row.item.name}</span>
            ) : (
              <Link className="node-name" to={`/items/${row.item.id}`}>
                {row.item.name}
              </Link>
            )}
            <div className="node-sub">
              {labels.get(row.item.type ?? "") ?? row.item.type}
              {row.systems.length > 0 ? (
                <>
                  {" "}
                  · <Names of={row.systems} shown={2} />
                </>
              ) : null}
            </div>
          </div>
          <div className="node-alerts">
            <Alerts row={row} />
          </div>
          <div className="node-who">
            <Who row={row} wall={wall} />
          </div>
          <div className="node-since">
            <Since since={row.since} />
          </div>
        </article>
      ))}
    </div>
  );
}
