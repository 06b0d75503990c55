/** What was done with an alert: in a sentence, one after the other, and before. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Alert, AlertLine } from "@/api/types";
import { useT } from "@/language";
import { shortTime } from "@/language/format";
import { Icon, type IconName } from "@/parts/icon";
import { Glyph } from "@/parts/marks";
import { Waiting } from "@/parts/states";
import { At, Lasted } from "@/parts/time";
import "@/parts/timeline.css";
import { AlertState } from "./columns";

/** Who looks at it, and by whom and why it is silenced. */
export function HandlingNotes({ alert }: { alert: Alert }) {
  const t = useT();
  const { acknowledged, silence } = alert;
  if (!acknowledged && !silence) return null;
  return (
    <section className="card alert-notes" data-field="handling">
      {silence ? (
        <p className="alert-silenced">
          <Glyph shape="bars" tone="blue" />
          <span>
            {t("alert.silencedNote", {
              name: silence.by.name,
              time: shortTime(silence.until),
              reason: silence.reason,
            })}
          </span>
        </p>
      ) : null}
      {acknowledged ? (
        <p>
          <Glyph shape="circle" tone="grey" />
          <span>
            {t("alert.acknowledgedNote", {
              name: acknowledged.by.name,
              time: shortTime(acknowledged.at),
            })}
            {acknowledged.note ? ` · ${acknowledged.note}` : ""}
          </span>
        </p>
      ) : null}
    </section>
  );
}

const ICONS: Record<AlertLine["kind"], IconName> = {
  began: "alerts",
  ended: "check",
  acknowledged: "account",
  silenced: "moon",
  held: "moon",
  lifted: "sun",
  silence_ended: "sun",
  closed: "check",
};

export function AlertTimeline({ alert }: { alert: string }) {
  const t = useT();
  const { data } = useGet("alerts", "/alerts/{alert_id}/timeline", { path: { alert_id: alert } });
  if (!data) return <Waiting lines={2} />;
  return (
    <ol className="timeline">
      {data.items.map((line, place) => (
        <li key={`${line.at} ${line.kind} ${String(place)}`} data-kind={line.kind}>
          <span className="timeline-dot">
            <Icon name={ICONS[line.kind]} size={13} />
          </span>
          <div>
            <p className="timeline-head">
              <b>{line.actor?.name ?? t("word.system")}</b>
              <span className="spring" />
              <At at={line.at} />
            </p>
            <p className="timeline-text">{line.told}</p>
            {line.text ? <p className="timeline-text muted">{line.text}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

const EPISODES = 10;

/** The same rule, item and labels before: whether it comes again and again. */
export function Episodes({ alert }: { alert: Alert }) {
  const t = useT();
  const { data } = useGet("alerts", "/alerts", {
    query: { same_as: [alert.id], sort: "-started_at", limit: EPISODES + 1 },
  });
  if (!data) return <Waiting lines={2} />;
  const others = data.items.filter(({ id }) => id !== alert.id).slice(0, EPISODES);
  if (others.length === 0) return <p className="muted">{t("alert.neverBefore")}</p>;
  return (
    <ul className="cards">
      {others.map((row) => (
        <li key={row.id}>
          <Link to={`/alerts/${row.id}`}>
            <span className="card-row">
              <AlertState alert={row} />
              <span>
                <At at={row.started_at} />
              </span>
              <span className="spring" />
              <Lasted from={row.started_at} to={row.ended_at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
