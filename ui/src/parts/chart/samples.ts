/** The samples of a whole page of panels, in one call. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { read } from "@/api/client";
import type { Problem } from "@/api/problem";
import type { MonitorTemplate } from "@/api/types";
import { questionsOf, type Answers } from "./lines";
import { instants, stepOf, type Period } from "./period";

export interface PageSamples {
  /** The period that was asked for, in milliseconds. */
  period: readonly [number, number];
  /** Seconds between two points. */
  step: number;
  /** The period ends now, and moves. */
  live: boolean;
  answers: Answers;
}

const EVERY_MS = 15_000;

async function fetchPage(
  item: string,
  ask: readonly string[],
  period: Period,
  signal: AbortSignal,
): Promise<PageSamples> {
  const asked = instants(period);
  const [from, to] = asked;
  const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const step = stepOf(from, to);
  const query = { item: [item], ask: [...ask], ...times, step: String(step) };
  const { items } = await read("/samples/page", { query }, signal);
  return {
    period: asked,
    step,
    live: period.preset !== null,
    answers: new Map(items.map((answer) => [answer.ask, answer.items])),
  };
}

export function usePageSamples(
  item: string,
  templates: readonly MonitorTemplate[],
  period: Period,
): UseQueryResult<PageSamples, Problem> {
  const ask = questionsOf(templates);
  return useQuery<PageSamples, Problem>({
    queryKey: ["samples", item, ask, period],
    queryFn: ({ signal }) => fetchPage(item, ask, period, signal),
    refetchInterval: period.preset === null ? false : EVERY_MS,
    enabled: ask.length > 0,
    placeholderData: (before) => before,
  });
}
