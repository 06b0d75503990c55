/** One panel of a monitor template: its metrics as lines on one time axis. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Problem } from "@/api/problem";
import type { MonitorTemplate, Panel } from "@/api/types";
import { useT } from "@/language";
import { quantity, shortTime, span } from "@/language/format";
import { Chart, type Line } from "./chart";
import { aggregateOf, linesOf } from "./lines";
import { useSomeLines } from "./more-lines";
import type { PageSamples } from "./samples";

interface Props {
  item: string;
  panel: Panel;
  template: MonitorTemplate;
  /** Seconds between two collections. */
  interval: number;
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

const latest = (line: Line): [number, number] | null =>
  line.points.findLast((point): point is [number, number] => point[1] !== null) ?? null;

/** Longer than two collections, and a point of the answer, between two values is no line any more:
 * nothing was collected. In milliseconds. */
const silence = (interval: number, samples: PageSamples): number =>
  (2 * interval + samples.step) * 1000;

/** A value of now is bold; what is older than two intervals says how old it is. */
function Latest({ line, unit, interval, samples }: LatestProps) {
  const t = useT();
  const found = latest(line);
  if (!found) return null;
  const [at, value] = found;
  const [, end] = samples.period;
  const told = quantity(value, unit);
  const fresh = end - at <= silence(interval, samples);
  if (fresh && samples.live) return <b>{told}</b>;
  return (
    <span className="metric-last">
      {samples.live
        ? t("chart.lastAgo", { value: told, span: span((end - at) / 1000) })
        : t("chart.lastAt", { value: told, time: shortTime(at) })}
    </span>
  );
}

interface LatestProps {
  line: Line;
  unit: string;
  interval: number;
  samples: PageSamples;
}

const NONE: readonly Line[] = [];

export function MetricPanel({ item, panel, template, interval, samples, error }: Props) {
  const t = useT();
  const [box, seen] = useSeen();
  const lines =
    seen && samples
      ? linesOf(panel, template, samples.answers, silence(interval, samples))
      : undefined;
  const [some, rest] = useSomeLines(lines ?? NONE);
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
        {only && samples ? (
          <Latest line={only} unit={unit} interval={interval} samples={samples} />
        ) : null}
      </figcaption>
      {error && !lines ? (
        <p className="metric-none">{error.message}</p>
      ) : !lines ? (
        <div className="skeleton metric-wait" />
      ) : drawn && samples ? (
        <>
          <Chart lines={some} unit={unit} kind={panel.kind} period={samples.period} group={item} />
          {rest}
        </>
      ) : (
        <p className="metric-none">{t("chart.noData")}</p>
      )}
    </figure>
  );
}
