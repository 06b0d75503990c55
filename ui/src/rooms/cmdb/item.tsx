/** One configuration item: what it is, how it fares, what hangs on it. */
import { Link, Navigate, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item, Target } from "@/api/types";
import { useT } from "@/language";
import { Importance, ItemCondition } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { ServiceLead } from "@/parts/service-now";
import { Tabs, useTab } from "@/parts/tabs";
import { At, Lasted } from "@/parts/time";
import { TypeIcon } from "@/parts/type-icon";
import { Actions, Restore } from "./item-acts";
import { ItemChanges } from "./item-changes";
import { ItemCompare } from "./item-compare";
import { ItemGraph } from "./item-graph";
import { ItemAlerts, ItemRelations, ItemTickets, SystemInterfaces, type Reach } from "./item-lists";
import { ItemOverview } from "./item-overview";
import { ClusterTab } from "./virtual-cluster";
import { CloudTab } from "./virtual-cloud";
import { ItemSeenBy } from "./item-seen-by";
import { ItemTables } from "./item-tables";
import "./item.css";

/** Of a business system one wants to know about all its parts, of anything else about itself. */
const reachOf = (item: Item): Reach =>
  item.roles.includes("system") ? { system: [item.id] } : { item: [item.id] };

function useCounts(reach: Reach) {
  const alerts = useGet("alerts", "/alerts", {
    query: { ...reach, state: ["open"], limit: 50 },
  }).data;
  const tickets = useGet("tickets", "/tickets", {
    query: { ...reach, open: true, limit: 50 },
  }).data;
  return { alerts: alerts?.items ?? [], tickets: tickets?.items ?? [] };
}

function Body({ item, targets }: { item: Item; targets: Target[] }) {
  const t = useT();
  const reach = reachOf(item);
  const open = useCounts(reach);
  const mayAsk = useMay("access.read");
  const inCloud = item.roles.includes("cloud") || item.roles.includes("namespace");
  const tabs = [
    { key: "overview", label: t("item.overview") },
    { key: "tables", label: t("item.processes") },
    { key: "alerts", label: t("item.alerts"), count: open.alerts.length },
    { key: "tickets", label: t("item.tickets"), count: open.tickets.length },
    { key: "graph", label: t("graph.tab") },
    ...(item.roles.includes("system") ? [{ key: "interfaces", label: t("interface.tab") }] : []),
    ...(item.roles.includes("cluster") ? [{ key: "virtual", label: t("virtual.tab") }] : []),
    ...(inCloud ? [{ key: "cloud", label: t("virtual.cloudTab") }] : []),
    { key: "relations", label: t("item.relations") },
    { key: "changes", label: t("item.changes") },
    ...(mayAsk ? [{ key: "seen-by", label: t("seenBy.tab") }] : []),
    { key: "compare", label: t("compare.tab") },
  ];
  const tab = useTab(tabs);
  return (
    <>
      <Tabs tabs={tabs} current={tab} label={item.name} />
      {tab === "overview" ? (
        <ItemOverview item={item} targets={targets} alerts={open.alerts} tickets={open.tickets} />
      ) : null}
      {tab === "tables" ? <ItemTables item={item.id} /> : null}
      {tab === "alerts" ? <ItemAlerts reach={reach} /> : null}
      {tab === "tickets" ? <ItemTickets reach={reach} /> : null}
      {tab === "graph" ? <ItemGraph key={item.id} item={item} /> : null}
      {tab === "interfaces" ? <SystemInterfaces system={item.id} /> : null}
      {tab === "virtual" ? <ClusterTab id={item.id} /> : null}
      {tab === "cloud" ? <CloudTab id={item.id} /> : null}
      {tab === "relations" ? <ItemRelations item={item} /> : null}
      {tab === "changes" ? <ItemChanges item={item} /> : null}
      {tab === "seen-by" ? <ItemSeenBy key={item.id} item={item} /> : null}
      {tab === "compare" ? <ItemCompare item={item} /> : null}
    </>
  );
}

export default function ItemPage() {
  const t = useT();
  const { id = "" } = useParams();
  const {
    data: item,
    error,
    refetch,
  } = useGet("items", "/items/{item_id}", {
    path: { item_id: id },
  });
  const targets = useGet("targets", "/targets", { query: { item: [id] } });
  const mayRestore = useMay("cmdb.delete");
  // What was merged into another leads to that one.
  if (item && item.id !== id) return <Navigate replace to={`/items/${item.id}`} />;
  if (!item) {
    return (
      <PageFrame heading=" " ready={error !== null}>
        {error ? (
          <Failed
            problem={error}
            again={() => void refetch()}
            action={
              error.code === "item_deleted" && mayRestore ? (
                <Link className="button" to="/recycle-bin">
                  {t("recycle.toBin")}
                </Link>
              ) : null
            }
          />
        ) : (
          <Waiting lines={6} />
        )}
      </PageFrame>
    );
  }
  return (
    <PageFrame
      title={item.name}
      ready={targets.data !== undefined || targets.error !== null}
      actions={<Actions item={item} />}
      lead={
        <span className="item-lead">
          {item.roles.includes("system") && item.retired_at === null ? (
            <ServiceLead item={item} />
          ) : (
            <ItemCondition item={item} />
          )}
          {item.parts && item.parts.abnormal > 0 ? (
            <span>
              {t("board.partsAbnormal", { bad: item.parts.abnormal, all: item.parts.all })}
            </span>
          ) : null}
          {item.condition_since ? <Lasted from={item.condition_since} /> : null}
          <Importance value={item.importance} />
          <span className={item.type_retired ? "muted" : undefined}>
            <TypeIcon type={item.type} />{" "}
            {item.type_retired ? t("item.ofRetired", { type: item.type_label }) : item.type_label}
          </span>
          <span className="muted">{item.layer_label}</span>
          <code>{item.key}</code>
        </span>
      }
    >
      {item.retired_at ? (
        <div className="card retired" role="note">
          <p>
            {t("item.outOfUse")} <At at={item.retired_at} />
          </p>
          <Restore item={item} targets={targets.data?.items.length ?? 0} />
        </div>
      ) : null}
      {item.type_retired ? (
        <p className="card retired" role="note">
          <b>{t("item.typeRetired")}</b> {t("item.typeRetiredHint")}{" "}
          <Link to={`/definitions/item-type/${encodeURIComponent(item.type)}`}>
            {item.type_label}
          </Link>
        </p>
      ) : null}
      <Body item={item} targets={targets.data?.items ?? []} />
    </PageFrame>
  );
}
