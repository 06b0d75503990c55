/** Rows of the matrix from its columns, and what a filter leaves of them. */
import { describe, expect, it } from "vitest";
import type { ImpactMatrix } from "@/api/types";
import { hiddenOf, inSight, layersOf, narrowed, rowsOf } from "./matrix-model";

const item = (name: string, layer: string, single: number) => ({
  id: name,
  key: `key-${name}`,
  name,
  type: "host",
  layer,
  layer_label: layer.toUpperCase(),
  totals: { single, manual: 0, alternative: 1 },
});

const matrix: ImpactMatrix = {
  items: [item("核心交换机", "network", 2), item("备库", "database", 0)],
  services: ["pacs", "lis"].map((id) => ({
    id,
    name: id,
    importance: "A",
    totals: { single: 1, manual: 0, alternative: 0 },
  })),
  cells: [],
  columns: { items: [0, 0, 1], services: [0, 1, 1], cells: "XXA" },
  hidden: [
    { service: "pacs", layer_label: "机房", cell: "X" },
    { service: "pacs", layer_label: "网络", cell: "A" },
  ],
  undecided: 0,
  as_of: "2026-03-02T08:00:00Z",
};

describe("the matrix as it is drawn", () => {
  const rows = rowsOf(matrix);

  it("has each cell at its item and system", () => {
    expect(rows.map(({ cells }) => [...cells])).toEqual([
      [
        [0, "X"],
        [1, "X"],
      ],
      [[1, "A"]],
    ]);
  });

  it("is narrowed by layer, words and letter", () => {
    const names = (of: Partial<Parameters<typeof narrowed>[1]>) =>
      narrowed(rows, { layer: null, words: "", onlySingles: false, ...of }).map(
        (row) => row.item.name,
      );
    expect(names({})).toHaveLength(2);
    expect(names({ layer: "database" })).toEqual(["备库"]);
    expect(names({ words: " KEY-核" })).toEqual(["核心交换机"]);
    expect(names({ onlySingles: true })).toEqual(["核心交换机"]);
    expect(layersOf(rows)).toEqual([
      { value: "network", label: "NETWORK" },
      { value: "database", label: "DATABASE" },
    ]);
  });

  it("tells what is restricted of a system", () => {
    expect(hiddenOf(matrix).get("pacs")).toEqual(["机房 X", "网络 A"]);
    expect(hiddenOf(matrix).get("lis")).toBeUndefined();
  });

  it("draws what is in sight and a little more, and nothing beyond the end", () => {
    expect(inSight(0, 280, 28, 5_000)).toEqual({ first: 0, last: 14 });
    expect(inSight(2_800, 280, 28, 5_000)).toEqual({ first: 96, last: 114 });
    expect(inSight(2_800, 280, 28, 103)).toEqual({ first: 96, last: 103 });
  });
});
