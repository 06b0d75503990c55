import { describe, expect, it } from "vitest";
import type { TreePart } from "@/api/types";
import { BOX, inOrder, sizeOf, spotOf, wayOf } from "./fault-tree-model";

const part = (id: number, above: number | null, layer: number, row: number): TreePart => ({
  id,
  above,
  layer,
  row,
  kind: "event",
  part: { item: null, layer_label: "硬件", group: false },
  fail: null,
  of: null,
  minutes: null,
  now: null,
  occurs: null,
  between_failures: null,
  to_repair: null,
  same: null,
  cut: false,
});

const PARTS = [part(0, null, 0, 1), part(1, 0, 1, 0.5), part(2, 0, 1, 2), part(3, 1, 2, 0)];

describe("a fault tree", () => {
  it("is told gate by gate, what is below a gate before the next", () => {
    expect(inOrder(PARTS).map(({ id }) => id)).toEqual([0, 1, 3, 2]);
    expect(inOrder([])).toEqual([]);
  });

  it("has room for all of its boxes", () => {
    const { width, height } = sizeOf(PARTS);
    for (const { x, y } of PARTS.map(spotOf)) {
      expect(x + BOX.width).toBeLessThanOrEqual(width);
      expect(y + BOX.height).toBeLessThanOrEqual(height);
    }
  });

  it("joins the right side of a gate to the left side of its input", () => {
    expect(wayOf({ x: 0, y: 0 }, { x: BOX.across, y: BOX.down })).toBe(
      `M${BOX.width} ${BOX.height / 2}H${(BOX.width + BOX.across) / 2}V${BOX.down + BOX.height / 2}H${BOX.across}`,
    );
  });
});
