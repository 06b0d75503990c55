/** What of a rule's expression can be drawn: the metrics it reads, and its bound where there is one. */
import type { MonitorTemplate, Sample } from "@/api/types";

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
  String.raw`^(?:(?:avg|min|max)_over_time\s*\(\s*)?[a-zA-Z_:][\w:]*(?:\{[^{}]*\})?(?:\[\w+\]\s*\))?\s*([<>])=?\s*(${NUMBER})$`,
);

export interface Bound {
  value: number;
  /** Whether what is above it is wrong; else what is below. */
  above: boolean;
}

/** The bound, where what is compared with it is the drawn value itself and not something worked out. */
export function boundOf(expr: string): Bound | null {
  const found = PLAIN.exec(expr.trim().replace(/\s+/g, " "));
  return found?.[2] === undefined ? null : { value: Number(found[2]), above: found[1] === ">" };
}

/**
 * What went furthest to the wrong side of the bound since the alert began comes first; without a
 * bound nobody can say what is wrong, and the order stays.
 */
export function worstFirst(
  samples: readonly Sample[],
  bound: Bound | null,
  since: number,
): Sample[] {
  if (!bound) return [...samples];
  const sign = bound.above ? 1 : -1;
  const worst = ({ points }: Sample): number =>
    points.reduce(
      (far, [at, value]) => (at < since || value === null ? far : Math.max(far, sign * value)),
      Number.NEGATIVE_INFINITY,
    );
  const ranked = samples.map((sample) => ({ sample, far: worst(sample) }));
  return ranked.sort((a, b) => (b.far > a.far ? 1 : b.far < a.far ? -1 : 0)).map((r) => r.sample);
}

/** Whether these are the labels of what the alert is about. */
export const isOf = (
  labels: Readonly<Record<string, string>>,
  alert: Readonly<Record<string, string>>,
): boolean => Object.entries(alert).every(([name, value]) => (labels[name] ?? value) === value);
