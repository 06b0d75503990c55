/** The period that charts show: a preset that moves with the clock, or two fixed instants. */
import { now } from "@/parts/now";

export const PRESETS = {
  m15: 900,
  h1: 3600,
  h6: 21_600,
  h24: 86_400,
  d7: 604_800,
  d30: 2_592_000,
} as const;
export type Preset = keyof typeof PRESETS;

export interface Period {
  preset: Preset | null;
  from: string | null;
  to: string | null;
}

const valid = (text: string | null): text is string =>
  text !== null && !Number.isNaN(Date.parse(text));

export function readPeriod(params: URLSearchParams): Period {
  const [from, to] = [params.get("from"), params.get("to")];
  if (valid(from) && valid(to) && Date.parse(from) < Date.parse(to))
    return { preset: null, from, to };
  const range = params.get("range");
  return {
    preset: range !== null && range in PRESETS ? (range as Preset) : "h1",
    from: null,
    to: null,
  };
}

/** The instants of the period at this moment, in milliseconds. */
export function instants(period: Period): [number, number] {
  if (period.preset === null) return [Date.parse(period.from ?? ""), Date.parse(period.to ?? "")];
  const end = now();
  return [end - PRESETS[period.preset] * 1000, end];
}

const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
const POINTS = 300;

/** Seconds between two points, so that a chart has a few hundred of them. */
export function stepOf(fromMs: number, toMs: number): number {
  const wanted = (toMs - fromMs) / 1000 / POINTS;
  return STEPS.find((step) => step >= wanted) ?? 86_400;
}
