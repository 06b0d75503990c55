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
  parts: { all: 34, abnormal: 0, unknown: 7, worst: "ok" },
  now: {
    state: "up",
    judged: "ok",
    switch_minutes: null,
    causes: { items: [], more: 0, hidden: [] },
    unprotected: { items: [], more: 0, hidden: [] },
  },
};
const PARTS = LIS.parts;
const tile = (system: Partial<SystemRow>): string =>
  show(<SystemTiles systems={[{ ...LIS, ...system }]} />).body.querySelector(".tile")
    ?.textContent ?? "";

it("says how many of its parts nothing is known of", () => {
  expect(tile({})).toBe("已测部件正常检验系统34 部件 · 7 未知");
  const bad = { ...PARTS, abnormal: 2, worst: "warning" as const };
  expect(tile({ parts: bad })).toBe("部件警告检验系统2/34 部件异常 · 7 未知");
});

it("keeps degrees apart by shape, word and colour", () => {
  const drawn = (["down", "critical", "warning", "maintenance", "ok", "unknown"] as const).map(
    (worst) => {
      const { body } = show(
        <SystemTiles systems={[{ ...LIS, parts: { ...PARTS, worst } }]} wall />,
      );
      const mark = body.querySelector(".mark");
      return [mark?.textContent, mark?.querySelector("svg")?.innerHTML, mark?.className];
    },
  );
  for (const place of [0, 1]) expect(new Set(drawn.map((each) => each[place])).size).toBe(6);
  const { body } = show(
    <SystemTiles
      systems={[
        {
          ...LIS,
          parts: { ...PARTS, abnormal: 1, worst: "down" },
          now: { ...LIS.now, judged: "down" },
        },
      ]}
      wall
    />,
  );
  expect(body.querySelector(".tile")?.className).toContain("tile-down");
});

it("is unknown where all of them are", () => {
  expect(tile({ parts: { ...PARTS, unknown: 34, worst: "unknown" } })).toBe(
    "未知检验系统34 部件 · 34 未知",
  );
});

it("speaks of itself where it is measured", () => {
  expect(tile({ condition: "down", parts: { ...PARTS, unknown: 0 } })).toBe("中断检验系统34 部件");
});

it("says of one that lost a half that it is up, why, and that one more failure stops it", () => {
  const named = (...names: string[]) => ({
    items: names.map((name) => ({ id: name, name })),
    more: 0,
    hidden: [],
  });
  const now: SystemRow["now"] = {
    state: "degraded",
    judged: "warning",
    switch_minutes: null,
    causes: named("应用 1"),
    unprotected: named("应用 2"),
  };
  const parts = { ...PARTS, abnormal: 1, worst: "down" as const };
  expect(tile({ now, parts })).toBe(
    "带病运行检验系统因 应用 1再坏一个即中断1/34 部件异常 · 7 未知",
  );
  const { body } = show(<SystemTiles systems={[{ ...LIS, now, parts }]} wall />);
  expect(body.querySelector(".tile")?.className).toContain("tile-warning");
  const down = {
    ...now,
    state: "down" as const,
    judged: "down" as const,
    causes: { ...now.causes, hidden: ["存储层"] },
  };
  const stopped = show(<SystemTiles systems={[{ ...LIS, now: down, parts }]} />).body;
  expect(stopped.querySelector(".tile")?.className).toContain("tile-down");
  expect(stopped.textContent).toContain("服务中断");
  expect(stopped.textContent).toContain("受限配置项（存储层）");
});
