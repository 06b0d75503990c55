/** The measured values an alert is about, from an hour before it began, with the bound of its rule. */
import { lazy, memo, Suspense, useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { read } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Alert, MonitorTemplate, Rule, Sample } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import type { Line } from "@/parts/chart/chart";
import { useSomeLines } from "@/parts/chart/more-lines";
import { stepOf } from "@/parts/chart/period";
import { useNow } from "@/parts/now";
import { Waiting } from "@/parts/states";
// The place of a chart that is still being fetched is as high as the chart.
import "@/parts/chart/chart.css";
import { boundOf, isOf, metricsOf, worstFirst, type Bound, type Read } from "./rule-reading";

/** Fetched when there is something to draw: most alerts are of what answers or does not. */
const Chart = lazy(async () => ({ default: (await import("@/parts/chart/chart")).Chart }));

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** An hour before it began until it ended and an hour more, or until now; by whole minutes. */
function periodOf(alert: Alert, now: number): readonly [number, number] {
  const end = alert.ended_at ? Math.min(Date.parse(alert.ended_at) + HOUR_MS, now) : now;
  const whole = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return [whole(Date.parse(alert.started_at) - HOUR_MS), whole(end)];
}

function useSamples(item: string, asked: readonly Read[], period: readonly [number, number]) {
  const [from, to] = period;
  return useQuery<Map<string, readonly Sample[]>, Problem>({
    queryKey: ["samples", item, asked.map(({ ask }) => ask), from, to],
    queryFn: async ({ signal }) => {
      const { items } = await read(
        "/samples/page",
        {
          query: {
            item: [item],
            ask: asked.map(({ ask }) => ask),
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
            step: String(stepOf(from, to)),
          },
        },
        signal,
      );
      return new Map(items.map((answer) => [answer.ask, answer.items]));
    },
    enabled: asked.length > 0,
    placeholderData: (before) => before,
  });
}

/** Drawn anew when an answer comes or a minute has gone, not with every tick of the clock. */
const Figures = memo(function Figures({ alert, rule, templates, minute }: Known) {
  const bound = boundOf(rule.expr);
  const asked = useMemo(
    () =>
      metricsOf(
        rule.expr,
        templates.filter(({ name }) => rule.templates.includes(name)),
      ),
    [rule, templates],
  );
  const period = useMemo(() => periodOf(alert, minute), [alert, minute]);
  const { data, error } = useSamples(alert.item.id, asked, period);
  if (error) return <p className="muted">{error.message}</p>;
  if (asked.length === 0) return null;
  if (!data) return <Waiting lines={2} />;
  return asked.map((read) => (
    <Figure
      key={read.ask}
      read={read}
      bound={bound}
      samples={data.get(read.ask) ?? NONE}
      alert={alert}
      period={period}
    />
  ));
});

const NONE: readonly Sample[] = [];

interface Drawing {
  read: Read;
  bound: Bound | null;
  samples: readonly Sample[];
  alert: Alert;
  period: readonly [number, number];
}

/** The lines that are in alert first. */
function linesOf({ read, bound, samples, alert }: Drawing): Line[] {
  const about = samples.filter((sample) => isOf(sample.labels, alert.labels));
  return worstFirst(about, bound, Date.parse(alert.started_at)).map((sample) => ({
    name: [read.label, ...Object.values(sample.labels)].join(" · "),
    points: sample.points,
  }));
}

function Figure(drawing: Drawing) {
  const t = useT();
  const { read, bound, alert, period } = drawing;
  const { label, unit } = read;
  const [lines, rest] = useSomeLines(linesOf(drawing));
  if (lines.length === 0) return <p className="muted">{`${label}: ${t("chart.noData")}`}</p>;
  const limit: Line[] = bound
    ? [{ name: t("alert.boundName"), points: period.map((at) => [at, bound.value]) }]
    : [];
  return (
    <figure className="metric-panel">
      <figcaption>
        {label}
        {bound ? <b>{t("alert.bound", { value: quantity(bound.value, unit) })}</b> : null}
      </figcaption>
      <Suspense fallback={<div className="skeleton metric-wait" />}>
        <Chart
          lines={[...lines, ...limit]}
          unit={unit}
          kind="line"
          period={period}
          group={alert.id}
        />
      </Suspense>
      {rest}
    </figure>
  );
}

interface Known {
  alert: Alert;
  rule: Rule;
  templates: readonly MonitorTemplate[];
  /** The present minute, in milliseconds. */
  minute: number;
}

function Drawn({ alert }: { alert: Alert }) {
  const t = useT();
  const minute = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS;
  const rule = useGet("definitions", "/alert-rules", { query: { name: [alert.rule] } }).data
    ?.items[0];
  const templates = useGet("definitions", "/monitor-templates").data?.items;
  if (!rule || !templates) return null;
  return (
    <section className="card" data-field="curve">
      <h2>{t("alert.curve")}</h2>
      <p className="muted">
        {t("alert.ruleSays")} <code>{rule.expr}</code>
      </p>
      <Figures alert={alert} rule={rule} templates={templates} minute={minute} />
    </section>
  );
}

export default function Curve({ alert }: { alert: Alert }) {
  const [rules, samples] = [useMay("detection.read"), useMay("history.read")];
  return rules && samples ? <Drawn alert={alert} /> : null;
}

/** The same on the page of the ticket that the alert opened. */
export function CurveOfAlert({ id }: { id: string }) {
  const { data } = useGet("alerts", "/alerts/{alert_id}", { path: { alert_id: id } });
  return data ? <Curve alert={data} /> : null;
}
