/** What ECharts is told, in our colours, units and time zone. */
import type { EChartsCoreOption } from "echarts/core";
import { clockTime, quantity, shortClock, shortDay, shortTime } from "@/language/format";
import { series as hues, tokens, type Mode } from "@/theme/tokens";
import type { Line } from "./chart";

const DAY_MS = 86_400_000;

interface Hover {
  axisValue: number;
  marker: string;
  seriesName: string;
  value: [number, number | null];
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`);

const tooltip = (unit: string | null) => (hovers: Hover[]) => {
  const [first] = hovers;
  if (!first) return "";
  const rows = hovers
    .filter((hover) => hover.value[1] !== null)
    .sort((a, b) => (b.value[1] ?? 0) - (a.value[1] ?? 0))
    .map(
      (hover) =>
        `<div>${hover.marker}${escaped(hover.seriesName)} <b style="float:right;margin-left:16px">${quantity(hover.value[1], unit)}</b></div>`,
    );
  return `<div>${shortTime(first.axisValue)}:${clockTime(first.axisValue).slice(-2)}</div>${rows.join("")}`;
};

const tick = (spanMs: number): ((at: number) => string) =>
  spanMs > 2 * DAY_MS ? shortDay : shortClock;

/** The highest point of the drawing; stacked lines add up. */
function highest(lines: readonly Line[], kind: string): number {
  const sums = new Map<number, number>();
  for (const [at, value] of lines.flatMap((line) => line.points)) {
    const before = sums.get(at) ?? 0;
    sums.set(at, kind === "stacked" ? before + (value ?? 0) : Math.max(before, value ?? 0));
  }
  return [...sums.values()].reduce((top, sum) => Math.max(top, sum), 0);
}

const BYTE_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const STEPS = [1, 2, 2.5, 5, 10];

/** A round axis in the unit's own base: 4 GiB and not 3.73 GiB; a share above half ends at 100%. */
export function scale(top: number, unit: string | null): { max: number; interval: number } {
  if (unit === "ratio" && top > 0.5 && top <= 1.02) return { max: 1, interval: 0.25 };
  const raw = (top || 1) / 4;
  const bytes = unit?.startsWith("bytes") ?? false;
  const base = bytes
    ? 1024 ** Math.max(0, Math.floor(Math.log(raw) / Math.log(1024)))
    : 10 ** Math.floor(Math.log10(raw));
  const interval =
    ((bytes ? BYTE_STEPS : STEPS).find((step) => step * base >= raw) ?? (bytes ? 1024 : 10)) * base;
  return { max: Math.ceil((top || 1) / interval) * interval, interval };
}

export function chartOptions(
  lines: readonly Line[],
  unit: string | null,
  kind: string,
  mode: Mode,
  [first, last]: readonly [number, number],
): EChartsCoreOption {
  const t = tokens[mode];
  const many = lines.length > 1;
  return {
    animation: false,
    color: hues[mode],
    grid: {
      left: 8,
      right: 12,
      top: 10,
      bottom: many ? 30 : 6,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    legend: many
      ? {
          bottom: 0,
          type: "scroll",
          icon: "roundRect",
          itemWidth: 10,
          itemHeight: 3,
          textStyle: { color: t["ink-2"], fontSize: 11 },
          pageIconColor: t["ink-2"],
          pageTextStyle: { color: t["ink-3"] },
        }
      : undefined,
    tooltip: {
      trigger: "axis",
      confine: true,
      formatter: tooltip(unit),
      backgroundColor: t.surface,
      borderColor: t["line-strong"],
      textStyle: { color: t.ink, fontSize: 12 },
      padding: [6, 10],
      axisPointer: { lineStyle: { color: t["line-strong"] } },
    },
    xAxis: {
      type: "time",
      min: first,
      max: last,
      axisLine: { lineStyle: { color: t.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        color: t["ink-3"],
        fontSize: 11,
        hideOverlap: true,
        formatter: tick(last - first),
      },
      splitNumber: 5,
    },
    yAxis: {
      type: "value",
      min: 0,
      ...scale(highest(lines, kind), unit),
      axisLabel: {
        color: t["ink-3"],
        fontSize: 11,
        formatter: (value: number) => quantity(value, unit),
      },
      splitLine: { lineStyle: { color: t.line } },
    },
    series: lines.map((line) => ({
      type: "line",
      name: line.name,
      data: line.points,
      showSymbol: false,
      sampling: "lttb",
      lineStyle: { width: 1.6 },
      connectNulls: false,
      ...(kind === "line" ? {} : { areaStyle: { opacity: kind === "area" ? 0.14 : 0.35 } }),
      ...(kind === "stacked" ? { stack: "all" } : {}),
    })),
  };
}
