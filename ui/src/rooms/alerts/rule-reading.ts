/** What of a rule's expression can be drawn: the metrics it reads, and its bound where there is one. */
import type { MonitorTemplate } from "@/api/types";

export interface Read {
  ask: string;
  label: string;
  unit: string;
}

/** The metrics that the expression names, as far as a template declares them. */
export function metricsOf(expr: string, templates: readonly MonitorTemplate[]): Read[] {
  const named = new Set(expr.match(/[a-zA-Z_:][\w:]*/g) ?? []);
  const known = new Map(
    templates.flatMap((template) => template.metrics.map((metric) => [metric.name, metric])),
  );
  return [...named].flatMap((name) => {
    const metric = known.get(name);
    if (!metric) return [];
    const counted = metric.kind === "counter";
    return [
      {
        ask: `${counted ? "rate" : "avg"}(${name})`,
        label: metric.label || name,
        unit: counted && metric.unit ? `${metric.unit}/s` : metric.unit,
      },
    ];
  });
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const PLAIN = new RegExp(
  String.raw`^(?:(?:avg|min|max)_over_time\s*\(\s*)?[a-zA-Z_:][\w:]*(?:\{[^{}]*\})?(?:\[\w+\]\s*\))?\s*(?:>=?|<=?)\s*(${NUMBER})$`,
);

/** The bound, where what is compared with it is the drawn value itself and not something worked out. */
export function boundOf(expr: string): number | null {
  const found = PLAIN.exec(expr.trim().replace(/\s+/g, " "));
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** Whether these are the labels of what the alert is about. */
export const isOf = (
  labels: Readonly<Record<string, string>>,
  alert: Readonly<Record<string, string>>,
): boolean => Object.entries(alert).every(([name, value]) => (labels[name] ?? value) === value);
