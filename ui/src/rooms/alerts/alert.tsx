/** One alert: what, where, since when, and the tickets opened for it. */
import { lazy, Suspense } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { fullTime, quantity } from "@/language/format";
import { SeverityMark } from "@/parts/marks";
import { Names } from "@/parts/names";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { Ago, At, Lasted } from "@/parts/time";
import { TicketListCard } from "@/rooms/tickets/columns";
import "@/parts/list/list.css";
import "./alerts.css";
import { AlertActs } from "./acts";
import { AlertState } from "./columns";
import { AlertTimeline, Episodes, HandlingNotes } from "./handling";
import { HandlingMarks } from "./marks";
import { RunbookFact } from "./runbook";

const Curve = lazy(() => import("./curve"));

/** The rule of alerts that give notice of a date: nothing is measured, so there is no curve. */
const OF_DATES = "wardround.expiry";

function Tickets({ alert, silenced }: { alert: string; silenced: boolean }) {
  const t = useT();
  const { data } = useGet("tickets", "/tickets", { query: { alert: [alert] } });
  const decision = useGet("tickets", "/alerts/{alert_id}/ticket-decision", {
    path: { alert_id: alert },
  }).data;
  if (!data) return <Waiting lines={1} />;
  if (silenced && data.items.length === 0)
    return <p className="muted">{t("alert.noTicketWhileSilenced")}</p>;
  return (
    <>
      {data.items.length === 0 ? <p className="muted">{t("alert.noTicket")}</p> : null}
      <ul className="cards">
        {data.items.map((row) => (
          <li key={row.id}>
            <Link to={`/tickets/${row.id}`}>
              <TicketListCard row={row} />
            </Link>
          </li>
        ))}
      </ul>
      {decision ? <p className="muted">{decision.told}</p> : null}
    </>
  );
}

export default function AlertPage() {
  const t = useT();
  const { id = "" } = useParams();
  const {
    data: alert,
    error,
    refetch,
  } = useGet("alerts", "/alerts/{alert_id}", {
    path: { alert_id: id },
  });
  if (!alert) {
    return (
      <PageFrame heading=" " ready={error !== null}>
        {error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting />}
      </PageFrame>
    );
  }
  const labels = Object.entries(alert.labels);
  return (
    <PageFrame
      ready
      title={alert.summary}
      actions={<AlertActs alert={alert} />}
      lead={
        <span className="card-row">
          <SeverityMark severity={alert.severity} />
          <AlertState alert={alert} />
          <HandlingMarks alert={alert} />
        </span>
      }
    >
      <HandlingNotes alert={alert} />
      <section className="card">
        <dl className="facts">
          <div>
            <dt>{t("alert.item")}</dt>
            <dd>
              <Link to={`/items/${alert.item.id}`}>{alert.item.name}</Link>
            </dd>
          </div>
          <div>
            <dt>{t("alert.rule")}</dt>
            <dd>{alert.rule_label}</dd>
          </div>
          <div>
            <dt>{t("alert.value")}</dt>
            <dd>
              {quantity(alert.value, alert.unit)}{" "}
              {alert.value === null ? null : (
                <span className="muted">
                  <Ago at={alert.last_at} />
                </span>
              )}
            </dd>
          </div>
          <div>
            <dt>{t("alert.lasted")}</dt>
            <dd>
              <Lasted from={alert.started_at} to={alert.ended_at} />
            </dd>
          </div>
          <div>
            <dt>{t("alert.startedAt")}</dt>
            <dd>{fullTime(alert.started_at)}</dd>
          </div>
          <div>
            <dt>{t(alert.state === "closed" ? "alert.closedAt" : "alert.endedAt")}</dt>
            <dd>{alert.ended_at ? fullTime(alert.ended_at) : "–"}</dd>
          </div>
          <div>
            <dt>{t("alert.lastAt")}</dt>
            <dd>
              <At at={alert.last_at} />
            </dd>
          </div>
          <div>
            <dt>{t("alert.systems")}</dt>
            <dd>
              <Names of={alert.systems} shown={20} />
            </dd>
          </div>
          {alert.description ? (
            <div>
              <dt>{t("alert.description")}</dt>
              <dd>{alert.description}</dd>
            </div>
          ) : null}
          <RunbookFact address={alert.runbook_url} />
          {labels.length > 0 ? (
            <div>
              <dt>{t("alert.labels")}</dt>
              <dd>
                {labels.map(([name, value]) => (
                  <div key={name}>
                    <code>
                      {name}={value}
                    </code>
                  </div>
                ))}
              </dd>
            </div>
          ) : null}
        </dl>
      </section>
      <Suspense fallback={<Waiting lines={2} />}>
        {alert.rule === OF_DATES ? null : <Curve alert={alert} />}
      </Suspense>
      <section className="card">
        <h2>{t("alert.tickets")}</h2>
        <Tickets alert={id} silenced={alert.silence !== null} />
      </section>
      <section className="card">
        <h2>{t("alert.timeline")}</h2>
        <AlertTimeline alert={id} />
      </section>
      <section className="card">
        <h2>{t("alert.before")}</h2>
        <Episodes alert={alert} />
      </section>
    </PageFrame>
  );
}
