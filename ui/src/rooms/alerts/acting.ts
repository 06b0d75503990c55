/** What can be done with alerts: which acts fit, and when a silence ends. */
import type { Alert, AlertAct } from "@/api/types";
import { now } from "@/parts/now";

/** As many as the server takes in one call. */
export const MOST_AT_ONCE = 200;

const HOUR_MS = 3_600_000;

/** What a silence lasts, offered in hours. */
export const SPANS = [1, 4, 8, 24, 72, 168] as const;

export interface Entered {
  note?: string;
  reason?: string;
  /** Hours from now, or `custom` with a moment of its own. */
  span?: number | "custom";
  until?: string | null;
}

/** The end that was chosen; a span begins when it is sent, by the server's clock. */
export function endOf({ span, until }: Entered, at: number = now()): string | null {
  if (typeof span === "number") return new Date(at + span * HOUR_MS).toISOString();
  return until ?? null;
}

/** The acts that may fit an alert as it is shown; the server has the last word. */
export function fitting(alert: Alert): AlertAct[] {
  if (!alert.may_handle || alert.state !== "open") return [];
  return [
    ...(alert.acknowledged ? [] : (["acknowledge"] as const)),
    alert.silence ? ("lift" as const) : ("silence" as const),
    "close",
  ];
}

/** For several: each act that fits any of them. */
export function fittingAny(alerts: readonly Alert[]): AlertAct[] {
  const found = new Set(alerts.flatMap(fitting));
  return (["acknowledge", "silence", "lift", "close"] as const).filter((act) => found.has(act));
}
