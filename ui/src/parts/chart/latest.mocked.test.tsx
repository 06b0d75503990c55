/** A panel never shows what was as if it were. */
import { beforeEach, expect, it, vi } from "vitest";
import type { MonitorTemplate, Panel } from "@/api/types";
import { show } from "@/testing/screen";
import { MetricPanel } from "./panel";

vi.mock("./chart", () => ({ Chart: () => null }));

const NOW = Date.parse("2026-11-29T01:00:00Z");
const panel = {
  name: "cpu",
  label: "CPU 使用率",
  kind: "line",
  unit: "",
  metrics: [{ metric: "cpu", aggregate: "avg" }],
} as unknown as Panel;
const template = {
  name: "machine",
  metrics: [{ name: "cpu", label: "CPU", kind: "gauge", unit: "", help: "" }],
} as unknown as MonitorTemplate;

beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private heard: (entries: object[]) => void) {}
      observe(): void {
        this.heard([{ isIntersecting: true }]);
      }
      disconnect(): void {
        this.heard = () => undefined;
      }
    },
  );
});

const drawn = (points: [number, number | null][], live = true): string => {
  const samples = {
    period: [NOW - 3_600_000, NOW] as const,
    step: 15,
    live,
    answers: new Map([["avg(cpu)", [{ labels: {}, points }]]]),
  };
  const { body } = show(
    <MetricPanel
      item="i"
      panel={panel}
      template={template}
      interval={15}
      samples={samples as unknown as Parameters<typeof MetricPanel>[0]["samples"]}
      error={null}
    />,
  );
  return body.querySelector("figcaption")?.innerHTML ?? "";
};

it("shows a value of now in bold", () => {
  expect(drawn([[NOW - 15_000, 12]])).toBe("CPU 使用率<b>12</b>");
});

it("says how old the last value of a host is that is down, and sets it in no bold", () => {
  const told = drawn([
    [NOW - 337_000, 12],
    [NOW - 60_000, null],
  ]);
  expect(told).toContain("最后值 12（5分37秒前）");
  expect(told).not.toContain("<b>");
});

it("says of a period of the past when its last value was", () => {
  expect(drawn([[NOW - 1000, 12]], false)).toMatch(/最后值 12（.*:.*）/);
});
