/** Charts beside what the item is and what is open on it. */
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Alert, Item, Target, TicketRow } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { SeverityMark, TargetMark } from "@/parts/marks";
import { ServiceCard } from "@/parts/service-now";
import { Waiting } from "@/parts/states";
import { Ago, At } from "@/parts/time";
import { DocumentVersions } from "./document-versions";
import { Attributes } from "./item-attributes";
import { ItemDocuments } from "./item-documents";
import { SystemParts } from "./item-lists";
import { LiveColour } from "@/rooms/tickets/columns";

const MOST = 4;
const ItemCharts = lazy(() => import("./item-charts"));
const InterfaceMessages = lazy(() => import("./interface-messages"));

function Open({ alerts, tickets }: { alerts: Alert[]; tickets: TicketRow[] }) {
  const t = useT();
  if (alerts.length === 0 && tickets.length === 0) return null;
  return (
    <section className="card">
      {alerts.length > 0 ? <h2>{t("item.openAlerts")}</h2> : null}
      <ul className="open-list">
        {alerts.slice(0, MOST).map((alert) => (
          <li key={alert.id}>
            <SeverityMark severity={alert.severity} quiet />
            <Link to={`/alerts/${alert.id}`}>{alert.summary}</Link>
            <At at={alert.started_at} />
          </li>
        ))}
        {alerts.length > MOST ? (
          <li>
            <Link to="?tab=alerts">{t("board.moreAlerts", { n: alerts.length - MOST })}</Link>
          </li>
        ) : null}
      </ul>
      {tickets.length > 0 ? <h2>{t("item.openTickets")}</h2> : null}
      <ul className="open-list">
        {tickets.slice(0, MOST).map((ticket) => (
          <li key={ticket.id}>
            <LiveColour ticket={ticket} />
            <Link to={`/tickets/${ticket.id}`}>{ticket.title}</Link>
            <span className="muted nowrap">{ticket.assignee?.name ?? t("word.unassigned")}</span>
          </li>
        ))}
        {tickets.length > MOST ? (
          <li>
            <Link to="?tab=tickets">{t("board.moreCards", { n: tickets.length - MOST })}</Link>
          </li>
        ) : null}
      </ul>
    </section>
  );
}

function Targets({ item, targets }: { item: Item; targets: Target[] }) {
  const t = useT();
  return (
    <section className="card">
      <h2>
        {t("item.targets")}
        <span className="spring" />
        {item.retired_at === null ? (
          <Link to={`/targets/new?item=${item.id}`}>{t("item.addTarget")}</Link>
        ) : null}
      </h2>
      <ul className="open-list">
        {targets.map((target) => (
          <li key={target.id}>
            <TargetMark state={target.state} />
            <Link to={`/targets/${target.id}`}>{target.name || target.template_label}</Link>
            <Ago at={target.last_at} />
          </li>
        ))}
        {targets.length === 0 ? <li className="muted">{t("item.noTargets")}</li> : null}
      </ul>
    </section>
  );
}

interface Props {
  item: Item;
  targets: Target[];
  alerts: Alert[];
  tickets: TicketRow[];
}

/** An item that nobody has ever been able to tell the state of, though it has targets. */
function NeverMeasured({ item, targets }: { item: Item; targets: Target[] }) {
  const t = useT();
  const tried = targets.filter((target) => target.state === "never");
  if (item.condition !== "unknown" || tried.length === 0) return null;
  return (
    <section className="card" role="note">
      <h2>{t(item.condition_since === null ? "item.neverMeasured" : "item.measuredNoMore")}</h2>
      <p>{t("item.neverMeasuredWhy")}</p>
      <ul className="plain-list">
        {tried.map((target) => (
          <li key={target.id}>
            <Link to={`/targets/${target.id}`}>{target.name || target.template_label}</Link>{" "}
            <span className="soft">
              {t("target.never", { since: fullTime(target.asked_at) })} {target.reason_text}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ItemOverview({ item, targets, alerts, tickets }: Props) {
  const t = useT();
  const system = item.roles.includes("system");
  const types = useGet("definitions", "/item-types", {
    query: { retired: item.type_retired },
  }).data?.items;
  const type = types?.find(({ name }) => name === item.type);
  const watched = targets.length > 0 || (type?.capabilities.includes("monitored") ?? true);
  const side = (
    <div className="stack">
      {system || !watched ? null : <Targets item={item} targets={targets} />}
      <Attributes item={item} />
      <ItemDocuments item={item} />
    </div>
  );
  return (
    <div className={targets.length > 0 || system ? "columns" : "stack"}>
      <div className="stack">
        {system && item.retired_at === null ? <ServiceCard id={item.id} /> : null}
        <NeverMeasured item={item} targets={targets} />
        <Open alerts={alerts} tickets={tickets} />
        {item.roles.includes("interface") ? (
          <Suspense fallback={<Waiting lines={4} />}>
            <InterfaceMessages item={item} />
          </Suspense>
        ) : null}
        {item.roles.includes("document") ? <DocumentVersions item={item} /> : null}
        {targets.length > 0 ? (
          <Suspense fallback={<Waiting lines={5} />}>
            <ItemCharts item={item.id} targets={targets} />
          </Suspense>
        ) : null}
        {system ? (
          <>
            <h2 className="section-title">{t("item.parts")}</h2>
            <p className="muted" data-field="parts-which">
              {t("graph.partsWhich")} <Link to="?tab=graph">{t("graph.model")}</Link>
            </p>
            <SystemParts system={item.id} />
          </>
        ) : null}
      </div>
      {side}
    </div>
  );
}
