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

type Trouble = StatusRow["alerts"][number];
type Work = StatusRow["tickets"][number];

function Who({ work, wall }: { work: Work; wall: boolean }) {
  const t = useT();
  return (
    <>
      <Glyph {...COLOURS[work.colour]} size="0.9em" />
      <span>
        {work.assignee ? (
          <b>{work.assignee.name}</b>
        ) : (
          <span className="unassigned">{t("word.unassigned")}</span>
        )}
        <span className="node-sub">
          {" "}
          {wall ? work.number : <Link to={`/tickets/${work.id}`}>{work.number}</Link>}{" "}
          {work.state_label}
        </span>
      </span>
    </>
  );
}

/** Each alert with the tickets that took it in; then the tickets of no alert that is shown. */
export function troubles(row: StatusRow): { alert: Trouble | null; work: readonly Work[] }[] {
  const shown = row.alerts.slice(0, MOST);
  const known = new Set(shown.map((alert) => alert.id));
  const others = row.tickets.filter((work) => !work.alerts.some((alert) => known.has(alert)));
  return [
    ...shown.map((alert) => ({
      alert,
      work: row.tickets.filter((work) => work.alerts.includes(alert.id)),
    })),
    ...others.slice(0, MOST).map((work) => ({ alert: null, work: [work] })),
  ];
}

function Troubles({ row, wall }: { row: StatusRow; wall: boolean }) {
  const t = useT();
  const found = troubles(row);
  return (
    <ul className="node-troubles">
      {found.length === 0 ? (
        <li>
          <span className="muted">{t("board.noAlert")}</span>
          <span className="unassigned">{t("board.nobody")}</span>
        </li>
      ) : null}
      {found.map(({ alert, work }) => (
        <li key={alert?.id ?? work[0]?.id}>
          <div className="node-alert">
            {alert ? <Glyph {...SEVERITIES[alert.severity]} size="0.9em" /> : null}
            {alert ? (
              <span>{alert.summary}</span>
            ) : (
              <span className="muted">
                {t(row.alerts.length > 0 ? "board.otherTicket" : "board.noAlert")}
              </span>
            )}
          </div>
          <div>
            {work.map((each) => (
              <div className="node-who" key={each.id}>
                <Who work={each} wall={wall} />
              </div>
            ))}
            {work.length === 0 ? (
              <span className="unassigned">
                {t(row.tickets.length > 0 ? "board.noTicket" : "board.nobody")}
              </span>
            ) : null}
          </div>
        </li>
      ))}
      {row.alerts.length > MOST ? (
        <li className="muted">{t("board.moreAlerts", { n: row.alerts.length - MOST })}</li>
      ) : null}
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
          <Troubles row={row} wall={wall} />
          <div className="node-since">
            <Since since={row.since} />
          </div>
        </article>
      ))}
    </div>
  );
}
