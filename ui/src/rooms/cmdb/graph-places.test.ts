import { describe, expect, it } from "vitest";
import type { GraphNode, ItemGraph } from "@/api/types";
import { CARD, LANE_NAME, planned } from "./graph-places";

const node = (number: number, lane: number, place: number): GraphNode => ({
  number,
  id: null,
  key: null,
  name: `n${number}`,
  type: null,
  type_label: "",
  roles: [],
  condition: null,
  importance: null,
  layer: `l${lane}`,
  layer_label: `Layer ${lane}`,
  steps: lane,
  alike: 1,
  members: [],
  lane,
  place,
});

const graph = (counts: readonly number[]): ItemGraph => ({
  nodes: counts.flatMap((count, lane) =>
    Array.from({ length: count }, (_, place) => node(lane * 100 + place, lane, place)),
  ),
  edges: [],
  more: [],
  items: 0,
});

const WIDTHS = [320, 390, 900, 1440];

describe("the plan of a picture", () => {
  it.each(WIDTHS)("keeps every card on the sheet and off the others at %i px", (width) => {
    const plan = planned(graph([1, 7, 0, 40, 3]), width);
    expect(plan.placed).toHaveLength(51);
    for (const { x, y } of plan.placed) {
      expect(x).toBeGreaterThanOrEqual(LANE_NAME);
      expect(x + CARD.width).toBeLessThanOrEqual(plan.width);
      expect(y + CARD.height).toBeLessThanOrEqual(plan.height);
    }
    for (const [index, first] of plan.placed.entries())
      for (const other of plan.placed.slice(index + 1))
        expect(
          Math.abs(first.x - other.x) >= CARD.width || Math.abs(first.y - other.y) >= CARD.height,
        ).toBe(true);
  });

  it("puts lanes below each other, each around its own cards", () => {
    const plan = planned(graph([2, 9, 4]), 700);
    expect(plan.lanes.map((lane) => lane.layer)).toEqual(["Layer 0", "Layer 1", "Layer 2"]);
    for (const { node: placed, y } of plan.placed) {
      const lane = plan.lanes[placed.lane];
      expect(y).toBeGreaterThanOrEqual(lane?.top ?? Infinity);
      expect(y + CARD.height).toBeLessThanOrEqual((lane?.top ?? 0) + (lane?.height ?? 0));
    }
  });
});
