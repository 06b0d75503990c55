/** How a place of a picture fares and since when, where it lies, and who works on it. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { COLOURS, Glyph, SEVERITIES } from "@/parts/marks";
import { Ago, Lasted } from "@/parts/time";
import { addressOf, zoneKey, zoneName } from "./unified-view";

const MOST = 5;

export function NodeState({ id }: { id: string }) {
  const t = useT();
  const { data } = useGet("board", "/unified-view/items/{item_id}", { path: { item_id: id } });
  if (!data) return null;
  const zone = zoneKey(data.where);
  return (
    <>
      <dl className="graph-facts">
        {data.since ? (
          <div>
            <dt>{t("unified.since")}</dt>
            <dd>
              <Lasted from={data.since} />
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t("unified.zone")}</dt>
          <dd>
            {zone ? (
              <Link to={addressOf({ zone })}>{zoneName(t, data.where)}</Link>
            ) : (
              zoneName(t, data.where)
            )}
          </dd>
        </div>
        {data.systems.length > 0 ? (
          <div>
            <dt>{t("unified.serves")}</dt>
            <dd>
              {data.systems.slice(0, MOST).map((system) => (
                <Link key={system.id} to={addressOf({ zone, system: system.id, node: id })}>
                  {system.name}
                </Link>
              ))}
              {data.systems.length > MOST ? (
                <span className="soft">+{data.systems.length - MOST}</span>
              ) : null}
            </dd>
          </div>
        ) : null}
      </dl>
      {data.tickets.length + data.alerts.length === 0 ? (
        <p className="soft">{t("unified.nothingOpen")}</p>
      ) : (
        <ul className="graph-neighbours">
          {data.tickets.slice(0, MOST).map((ticket) => (
            <li key={ticket.id}>
              <span>
                <Glyph {...COLOURS[ticket.colour]} size="0.9em" />{" "}
                <Link to={`/tickets/${ticket.id}`}>{ticket.number}</Link> {ticket.state_label}{" "}
                <b>{ticket.assignee?.name ?? t("word.unassigned")}</b>
              </span>
            </li>
          ))}
          {data.alerts.slice(0, MOST).map((alert) => (
            <li key={alert.id}>
              <span>
                <Glyph {...SEVERITIES[alert.severity]} size="0.9em" />{" "}
                <Link to={`/alerts/${alert.id}`}>{alert.summary}</Link>{" "}
                <Ago at={alert.started_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
