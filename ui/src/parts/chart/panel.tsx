/** One panel of a monitor template: its metrics as lines on one time axis. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Problem } from "@/api/problem";
import type { MonitorTemplate, Panel } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Chart, type Line } from "./chart";
import { aggregateOf, linesOf } from "./lines";
import type { PageSamples } from "./samples";

interface Props {
  item: string;
  panel: Panel;
  template: MonitorTemplate;
  /** What the page was answered; undefined while it waits. */
  samples: PageSamples | undefined;
  error: Problem | null;
}

/** Whether the panel has come into view; panels below the fold are not drawn. */
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

export function MetricPanel({ item, panel, template, samples, error }: Props) {
  const t = useT();
  const [box, seen] = useSeen();
  const lines = seen && samples ? linesOf(panel, template, samples.answers) : undefined;
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
      ) : drawn && samples ? (
        <Chart lines={lines} unit={unit} kind={panel.kind} period={samples.period} group={item} />
      ) : (
        <p className="metric-none">{t("chart.noData")}</p>
      )}
    </figure>
  );
}
