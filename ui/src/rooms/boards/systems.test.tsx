/** A tile: a system is judged by its parts only as far as they are measured. */
import { expect, it } from "vitest";
import type { SystemRow } from "@/api/types";
import { show } from "@/testing/screen";
import { SystemTiles } from "./systems";

const LIS: SystemRow = {
  id: "1",
  name: "检验系统",
  importance: "A",
  condition: "unknown",
  since: null,
  open_alerts: 0,
  open_tickets: 0,
  worst_colour: "none",
  parts: 34,
  parts_abnormal: 0,
  parts_unknown: 7,
};
const tile = (system: Partial<SystemRow>): string =>
  show(<SystemTiles systems={[{ ...LIS, ...system }]} />).body.querySelector(".tile")
    ?.textContent ?? "";

it("says how many of its parts nothing is known of", () => {
  expect(tile({})).toBe("部件正常检验系统34 部件 · 7 未知");
  expect(tile({ parts_abnormal: 2 })).toBe("部件异常检验系统2/34 部件异常 · 7 未知");
});

it("is unknown where all of them are", () => {
  expect(tile({ parts_unknown: 34 })).toBe("未知检验系统34 部件 · 34 未知");
});

it("speaks of itself where it is measured", () => {
  expect(tile({ condition: "down", parts_unknown: 0 })).toBe("中断检验系统34 部件");
});
