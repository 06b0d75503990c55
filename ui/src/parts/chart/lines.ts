/** What the panels of a page ask, and the lines that the answers are. */
import type { MonitorTemplate, Panel, Sample } from "@/api/types";
import type { Line } from "./chart";

type PanelMetric = Panel["metrics"][number];
/** The series of each question, by the question as it was asked. */
export type Answers = ReadonlyMap<string, readonly Sample[]>;

/** A counter is shown as its growth per second unless the panel says otherwise. */
export function aggregateOf(shown: PanelMetric, template: MonitorTemplate): string {
  if (shown.aggregate) return shown.aggregate;
  const kind = template.metrics.find((metric) => metric.name === shown.metric)?.kind;
  return kind === "counter" ? "rate" : "avg";
}

export const questionOf = (shown: PanelMetric, template: MonitorTemplate): string =>
  `${aggregateOf(shown, template)}(${shown.metric})`;

/** What the panels of these templates ask, each question once. */
export function questionsOf(templates: readonly MonitorTemplate[]): string[] {
  const asked = templates.flatMap((template) =>
    template.panels.flatMap((panel) => panel.metrics.map((shown) => questionOf(shown, template))),
  );
  return [...new Set(asked)].toSorted();
}

/** The answer holds what there is; between two points further apart than this there was nothing. */
export function withGaps(points: Line["points"], longestMs: number): Line["points"] {
  return points.flatMap((point, at) => {
    const before = points[at - 1];
    return before && point[0] - before[0] > longestMs
      ? [[before[0] + 1, null] satisfies Line["points"][number], point]
      : [point];
  });
}

/** The lines of one panel; `longestMs`: how far apart two points are at most that a line joins. */
export function linesOf(
  panel: Panel,
  template: MonitorTemplate,
  samples: Answers,
  longestMs = Number.POSITIVE_INFINITY,
): Line[] {
  const alone = panel.metrics.length === 1;
  return panel.metrics.flatMap((shown) => {
    const found = samples.get(questionOf(shown, template)) ?? [];
    return found.map((sample) => ({
      name: lineName(shown, sample, found.length, template, alone),
      points: withGaps(sample.points, longestMs),
    }));
  });
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
