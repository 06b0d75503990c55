/** One alert rule: when it fires, what it means, whether it is on, and what is open of it now. */
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Rule } from "@/api/types";
import { useT } from "@/language";
import { span } from "@/language/format";
import { SeverityMark } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import "@/parts/list/list.css";
import { AlertCard } from "./columns";
import { RuleState, SwitchRule } from "./rule-switch";
import { RunbookFact } from "./runbook";

const SHOWN = 20;

function OpenAlerts({ rule }: { rule: string }) {
  const t = useT();
  const { data } = useGet("alerts", "/alerts", {
    query: { rule: [rule], state: ["open"], limit: SHOWN },
  });
  if (!data) return <Waiting lines={1} />;
  return (
    <section className="card" data-field="open-alerts">
      <h2>
        {t("rule.openAlerts")} <span className="muted">{data.total ?? data.items.length}</span>
      </h2>
      {data.items.length === 0 ? <p className="muted">{t("rule.noneOpen")}</p> : null}
      <ul className="cards">
        {data.items.map((row) => (
          <li key={row.id}>
            <Link to={`/alerts/${row.id}`}>
              <AlertCard row={row} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ rule }: { rule: Rule }) {
  const t = useT();
  const reads = useMay("schema.read");
  const templates = useGet("definitions", "/monitor-templates").data?.items ?? [];
  const labels = new Map(templates.map(({ name, label }) => [name, label]));
  return (
    <dl className="facts">
      <Fact name={t("rule.expr")}>
        <code>{rule.expr}</code>
      </Fact>
      <Fact name={t("rule.recover")}>{rule.recover ? <code>{rule.recover}</code> : "–"}</Fact>
      <Fact name={t("rule.for")}>{span(rule.for_s)}</Fact>
      <Fact name={t("rule.keep")}>{span(rule.keep_firing_for_s)}</Fact>
      <Fact name={t("rule.template")}>
        {rule.templates.map((name) => labels.get(name) ?? name).join("、") || "–"}
      </Fact>
      {reads ? (
        <Fact name={t("rule.definition")}>
          <Link to={`/definitions/alert-rules/${encodeURIComponent(rule.rule_set)}`}>
            {t("rule.openDefinition")}
          </Link>
        </Fact>
      ) : null}
      {rule.switched_because ? (
        <Fact name={t(rule.enabled ? "rule.onBecause" : "rule.offBecause")}>
          <span data-field="because">{rule.switched_because}</span>
        </Fact>
      ) : null}
      {rule.description ? <Fact name={t("alert.description")}>{rule.description}</Fact> : null}
      <RunbookFact address={rule.runbook_url} />
    </dl>
  );
}

export default function RulePage() {
  const t = useT();
  const { name = "" } = useParams();
  const mayAlerts = useMay("alerts.read");
  const {
    data: rule,
    error,
    refetch,
  } = useGet("definitions", "/alert-rules/{name}", { path: { name } });
  if (!rule) {
    return (
      <PageFrame heading=" " ready={error !== null}>
        {error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting />}
      </PageFrame>
    );
  }
  return (
    <PageFrame
      ready
      title={rule.label}
      actions={<SwitchRule rule={rule} />}
      lead={
        <span className="card-row">
          <SeverityMark severity={rule.severity} />
          <RuleState enabled={rule.enabled} />
          <code>{rule.name}</code>
        </span>
      }
    >
      {rule.enabled ? null : (
        <p className="card" role="status">
          {t("rule.isOff")}
        </p>
      )}
      <section className="card">
        <Facts rule={rule} />
      </section>
      {mayAlerts ? <OpenAlerts rule={rule.name} /> : null}
    </PageFrame>
  );
}
