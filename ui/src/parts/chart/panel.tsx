/** One panel of a monitor template: its metrics as lines on one time axis. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type RefObject } from "react";
import { read } from "@/api/client";
import type { QueryOf } from "@/api/paths";
import type { Problem } from "@/api/problem";
import type { MonitorTemplate, Panel, Sample } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Chart, type Line } from "./chart";
import { instants, stepOf, type Period } from "./period";

const EVERY_MS = 15_000;
const MOST_LINES = 12;

type PanelMetric = Panel["metrics"][number];

type Aggregate = NonNullable<QueryOf<"/samples">["aggregate"]>;
const AGGREGATES: readonly Aggregate[] = [
  "avg",
  "min",
  "max",
  "sum",
  "count",
  "last",
  "rate",
  "p95",
];

/** A counter is shown as its growth per second unless the panel says otherwise. */
function aggregateOf(shown: PanelMetric, template: MonitorTemplate): Aggregate | undefined {
  const told = AGGREGATES.find((aggregate) => aggregate === shown.aggregate);
  if (told) return told;
  const kind = template.metrics.find((metric) => metric.name === shown.metric)?.kind;
  return kind === "counter" ? "rate" : undefined;
}

async function fetchLines(
  item: string,
  panel: Panel,
  template: MonitorTemplate,
  period: Period,
  signal: AbortSignal,
): Promise<Line[]> {
  const [from, to] = instants(period);
  const step = stepOf(from, to);
  const shared = {
    item: [item],
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    step: String(step),
  };
  const answers = await Promise.all(
    panel.metrics.map(async (shown) => {
      const aggregate = aggregateOf(shown, template);
      const query = { ...shared, metric: shown.metric, ...(aggregate ? { aggregate } : {}) };
      const { items } = await read("/samples", { query }, signal);
      return items.map((sample) => ({
        name: lineName(shown, sample, items.length, template, panel.metrics.length === 1),
        points: sample.points,
      }));
    }),
  );
  return answers.flat().slice(0, MOST_LINES);
}

/** The metric's label, and the labels that tell it from its siblings. */
function lineName(
  shown: PanelMetric,
  sample: Sample,
  siblings: number,
  template: MonitorTemplate,
  alone: boolean,
): string {
  const label =
    (shown.label || template.metrics.find((metric) => metric.name === shown.metric)?.label) ??
    shown.metric;
  const by = shown.by ? [shown.by] : Object.keys(sample.labels);
  const values = by
    .map((name) => sample.labels[name])
    .filter(Boolean)
    .join(" · ");
  if (siblings < 2 || !values) return label;
  return alone ? values : `${label} ${values}`;
}

interface Props {
  item: string;
  panel: Panel;
  template: MonitorTemplate;
  period: Period;
}

/** Whether the panel has come into view; panels below the fold ask nothing of the server. */
function useSeen(): [RefObject<HTMLElement | null>, boolean] {
  const box = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!box.current || seen) return undefined;
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: "200px" },
    );
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
    };
  }, [seen]);
  return [box, seen];
}

const latest = (line: Line): number | null =>
  line.points.findLast(([, value]) => value !== null)?.[1] ?? null;

export function MetricPanel({ item, panel, template, period }: Props) {
  const t = useT();
  const [box, seen] = useSeen();
  const { data: lines, error } = useQuery<Line[], Problem>({
    queryKey: ["samples", item, template.name, panel.name, period],
    queryFn: ({ signal }) => fetchLines(item, panel, template, period, signal),
    refetchInterval: period.preset === null ? false : EVERY_MS,
    enabled: seen,
    placeholderData: (before) => before,
  });
  const only = lines?.length === 1 ? lines[0] : undefined;
  const growth = panel.metrics.every((shown) => aggregateOf(shown, template) === "rate");
  const base =
    panel.unit ||
    template.metrics.find((metric) => metric.name === panel.metrics[0]?.metric)?.unit ||
    "";
  const unit = growth && !base.endsWith("/s") && base !== "ratio" ? `${base}/s` : base;
  const help = panel.metrics
    .map((drawn) => template.metrics.find((metric) => metric.name === drawn.metric)?.help)
    .filter(Boolean)
    .join("\n");
  const drawn = lines?.some((line) => latest(line) !== null) ?? false;
  return (
    <figure ref={box} className="metric-panel panel" data-panel={panel.name} data-drawn={drawn}>
      <figcaption title={help || undefined}>
        {panel.label}
        {only ? <b>{quantity(latest(only), unit)}</b> : null}
      </figcaption>
      {error && !lines ? (
        <p className="metric-none">{error.message}</p>
      ) : !lines ? (
        <div className="skeleton metric-wait" />
      ) : drawn ? (
        <Chart lines={lines} unit={unit} kind={panel.kind} group={item} />
      ) : (
        <p className="metric-none">{t("chart.noData")}</p>
      )}
    </figure>
  );
}
