/** One ticket: what happened, how long is left, what can be done next. */
import { lazy, Suspense } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Ticket } from "@/api/types";
import { useT } from "@/language";
import { Importance } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { RunbookOfAlert } from "@/rooms/alerts/runbook";
import { Actions } from "./actions";
import { Clocks } from "./clocks";
import { LiveColour, Missing } from "./columns";
import { CommentBox } from "./comment-box";
import { TicketFields } from "./ticket-fields";
import { Timeline } from "./timeline";
import "./ticket.css";

const Curve = lazy(async () => ({
  default: (await import("@/rooms/alerts/curve")).CurveOfAlert,
}));

const WORDS = { high: "ticket.high", medium: "ticket.medium", low: "ticket.low" } as const;

function Facts({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const grade = (value: string | null): string =>
    value && value in WORDS ? t(WORDS[value as keyof typeof WORDS]) : (value ?? "–");
  return (
    <section className="card">
      <dl className="facts">
        <div>
          <dt>{t("ticket.assignee")}</dt>
          <dd data-field="assignee">
            {ticket.assignee?.name ?? <span className="unassigned">{t("word.unassigned")}</span>}
          </dd>
        </div>
        <div>
          <dt>{t("ticket.item")}</dt>
          <dd>
            {ticket.item ? <Link to={`/items/${ticket.item.id}`}>{ticket.item.name}</Link> : "–"}
          </dd>
        </div>
        <div>
          <dt>{t("ticket.systems")}</dt>
          <dd>
            {ticket.systems.length > 0
              ? ticket.systems.map((system) => (
                  <Link key={system.id} to={`/items/${system.id}`} className="ticket-system">
                    {system.name}
                  </Link>
                ))
              : "–"}
          </dd>
        </div>
        <div>
          <dt>{t("ticket.level")}</dt>
          <dd>
            {ticket.level ?? (
              <span className="unassigned">
                {t("ticket.noLevel")} · {t("ticket.noLevelWhy")}
              </span>
            )}{" "}
            <Importance value={ticket.importance} />
          </dd>
        </div>
        <div>
          <dt>
            {t("ticket.impact")} / {t("ticket.urgency")}
          </dt>
          <dd>
            {grade(ticket.impact)} / {grade(ticket.urgency)}
          </dd>
        </div>
        <div>
          <dt>{t("ticket.openedAt")}</dt>
          <dd>
            <At at={ticket.opened_at} />
          </dd>
        </div>
        {ticket.resolved_at ? (
          <div>
            <dt>{t("ticket.resolvedAt")}</dt>
            <dd>
              <At at={ticket.resolved_at} />
            </dd>
          </div>
        ) : null}
        {ticket.closed_at ? (
          <div>
            <dt>{t("ticket.closedAt")}</dt>
            <dd>
              <At at={ticket.closed_at} />
            </dd>
          </div>
        ) : null}
        {ticket.alert ? (
          <div>
            <dt>{t("ticket.alert")}</dt>
            <dd>
              <Link to={`/alerts/${ticket.alert}`}>{t("ticket.seeAlert")}</Link>
            </dd>
          </div>
        ) : null}
        {ticket.alert ? <RunbookOfAlert alert={ticket.alert} /> : null}
      </dl>
      {ticket.description ? <p className="ticket-text">{ticket.description}</p> : null}
    </section>
  );
}

export default function TicketPage() {
  const t = useT();
  const { id = "" } = useParams();
  const phone = usePhone();
  const mayAlerts = useMay("alerts.read");
  const mayComment = useMay("tickets.comment");
  const {
    data: ticket,
    error,
    refetch,
  } = useGet("tickets", "/tickets/{ticket_id}", { path: { ticket_id: id } }, { keep: true });
  if (!ticket) {
    return (
      <PageFrame heading=" " ready={error !== null}>
        {error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting lines={6} />}
      </PageFrame>
    );
  }
  const clocks = (
    <section className="card">
      <h2>{t("ticket.clocks")}</h2>
      <Clocks clocks={ticket.clocks} />
    </section>
  );
  return (
    <PageFrame
      ready
      title={`${ticket.number} ${ticket.title}`}
      heading={ticket.title}
      lead={
        <span className="ticket-lead" data-ticket={ticket.number} data-state={ticket.state}>
          <span className="mono">{ticket.number}</span>
          <span>{ticket.type_label}</span>
          <LiveColour ticket={ticket} />
          <b data-field="state">{ticket.state_label}</b>
        </span>
      }
      actions={<Actions ticket={ticket} />}
    >
      <div className="columns">
        <div className="stack">
          <Missing ticket={ticket} />
          {phone ? clocks : null}
          <Facts ticket={ticket} />
          {ticket.alert && mayAlerts ? (
            <Suspense fallback={<Waiting lines={2} />}>
              <Curve id={ticket.alert} />
            </Suspense>
          ) : null}
          <section className="card">
            <h2>{t("ticket.timeline")}</h2>
            {mayComment ? <CommentBox id={ticket.id} /> : null}
            <Timeline key={ticket.id} ticket={ticket} />
          </section>
        </div>
        <div className="stack">
          {phone ? null : clocks}
          <TicketFields key={ticket.id} ticket={ticket} />
        </div>
      </div>
    </PageFrame>
  );
}
