import { describe, expect, it } from "vitest";
import type { MonitorTemplate, Sample } from "@/api/types";
import { linesOf, questionsOf, withGaps } from "./lines";

const metric = (name: string, kind: string) => ({
  name,
  label: name.toUpperCase(),
  unit: "",
  kind,
});
const panel = (name: string, metrics: string[], by = "") => ({
  name,
  label: name,
  unit: "",
  kind: "line",
  metrics: metrics.map((metric) => ({ metric, label: null, aggregate: "", by })),
});
const template = {
  name: "host",
  metrics: [metric("load", "gauge"), metric("written_total", "counter")],
  panels: [panel("load", ["load"]), panel("disk", ["written_total", "load"], "disk")],
} as unknown as MonitorTemplate;
const sample = (name: string, disk: string): Sample => ({
  metric: name,
  item: "i",
  labels: { disk },
  unit: "",
  kind: "gauge",
  points: [[0, 1]],
});

describe("the samples of a page", () => {
  it("are asked for once each, counters by their growth", () => {
    expect(questionsOf([template])).toEqual(["avg(load)", "rate(written_total)"]);
  });

  it("become the lines of each panel, told apart by label", () => {
    const samples = new Map([
      ["avg(load)", [sample("load", "a")]],
      ["rate(written_total)", [sample("written_total", "a"), sample("written_total", "b")]],
    ]);
    const disk = template.panels[1];
    if (!disk) throw new Error("no panel");
    const names = linesOf(disk, template, samples).map((line) => line.name);
    expect(names).toEqual(["WRITTEN_TOTAL a", "WRITTEN_TOTAL b", "LOAD"]);
    expect(linesOf(disk, template, new Map())).toEqual([]);
  });
});

describe("what was not collected", () => {
  it("is a gap, and a slow rhythm is none", () => {
    const points: [number, number | null][] = [
      [0, 1],
      [60_000, 2],
      [300_000, 3],
    ];
    expect(withGaps(points, 135_000)).toEqual([
      [0, 1],
      [60_000, 2],
      [60_001, null],
      [300_000, 3],
    ]);
  });
});
