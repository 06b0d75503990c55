import { describe, expect, it } from "vitest";
import type { MonitorTemplate, Sample } from "@/api/types";
import { boundOf, isOf, metricsOf, worstFirst } from "./rule-reading";

describe("the bound of a rule", () => {
  it.each([
    ["node_load1 > 4", 4],
    ["avg_over_time(node_cpu_used_ratio[5m]) >= 0.9", 0.9],
    ['node_filesystem_used_ratio{mount="/"} > 9.5e-1', 0.95],
    ["temperature < -5", -5],
  ])("of %s is %d", (expr, bound) => {
    expect(boundOf(expr)).toEqual({ value: bound, above: expr.includes(">") });
  });

  it.each([
    "rate(node_disk_read_seconds[5m]) / rate(node_disk_reads[5m]) > 0.02",
    "a > 1 and b > 2",
    "a > b",
    "1 - a > 0.9",
    "up",
    "a > 1 or a < 0",
    "sum_over_time(a[5m]) > 3",
  ])("is not told of %s, whose value is not the one drawn", (expr) => {
    expect(boundOf(expr)).toBeNull();
  });
});

describe("the metrics of a rule", () => {
  const template = {
    metrics: [
      { name: "disk_reads", label: "读盘", unit: "", kind: "counter" },
      { name: "load", label: "负载", unit: "1", kind: "gauge" },
      { name: "other", label: "别的", unit: "", kind: "gauge" },
    ],
  } as unknown as MonitorTemplate;

  it("are those that it names and a template declares, a counter as its growth", () => {
    const found = metricsOf("rate(disk_reads[5m]) > 1 and load > 2 and unknown > 3", [template]);
    expect(found.map(({ ask, label }) => [ask, label])).toEqual([
      ["rate(disk_reads)", "读盘"],
      ["avg(load)", "负载"],
    ]);
  });
});

describe("a series of an alert", () => {
  it("has none of its labels otherwise", () => {
    expect(isOf({ mount: "/", device: "sda" }, { mount: "/" })).toBe(true);
    expect(isOf({ mount: "/data" }, { mount: "/" })).toBe(false);
    expect(isOf({}, { mount: "/" })).toBe(true);
  });
});

describe("the lines of an alert", () => {
  const sample = (device: string, ...points: [number, number | null][]) =>
    ({ labels: { device }, points }) as unknown as Sample;
  const names = (found: Sample[]) => found.map(({ labels }) => labels["device"]);
  const some = [
    sample("quiet", [0, 9], [10, 1]),
    sample("worst", [0, 0], [10, 8], [20, null]),
    sample("none", [10, null]),
    sample("bad", [10, 6]),
  ];

  it("that went furthest beyond the bound since it began come first", () => {
    expect(names(worstFirst(some, { value: 5, above: true }, 10))).toEqual([
      "worst",
      "bad",
      "quiet",
      "none",
    ]);
    expect(names(worstFirst(some, { value: 2, above: false }, 10))[0]).toBe("quiet");
  });

  it("keep their order where there is no bound", () => {
    expect(worstFirst(some, null, 10)).toEqual(some);
  });
});
