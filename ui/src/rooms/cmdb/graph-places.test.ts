import { describe, expect, it } from "vitest";
import type { GraphNode, ItemGraph } from "@/api/types";
import { CARD, LANE_NAME, movedInLane, planned } from "./graph-places";

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

describe("a picture in which items were moved", () => {
  const named = (counts: readonly number[]): ItemGraph => {
    const made = graph(counts);
    return { ...made, nodes: made.nodes.map((each) => ({ ...each, id: `id-${each.number}` })) };
  };

  it.each(WIDTHS)("has no card on another, wherever they were put, at %i px", (width) => {
    const many = named([3, 40]);
    const kept = new Map(
      many.nodes
        .filter(({ number }) => number % 3 === 0)
        .map(({ id, number }) => [id ?? "", { x: (number % 7) / 7, y: (number % 4) / 2 }]),
    );
    const plan = planned(many, width, kept);
    expect(plan.placed).toHaveLength(43);
    for (const [index, first] of plan.placed.entries()) {
      expect(first.x + CARD.width).toBeLessThanOrEqual(plan.width + 0.5);
      expect(first.y + CARD.height).toBeLessThanOrEqual(plan.height);
      for (const other of plan.placed.slice(index + 1))
        expect(
          Math.abs(first.x - other.x) >= CARD.width || Math.abs(first.y - other.y) >= CARD.height,
        ).toBe(true);
    }
  });

  it("leaves all others of a lane where they stood, and finds room for one that comes", () => {
    const before = planned(named([2, 5]), 1440);
    const target = before.placed[3];
    if (!target) throw new Error("it is there");
    const kept = movedInLane(before, target.node, { x: target.x, y: target.y + 80 });
    expect([...kept.keys()].sort()).toEqual(["id-100", "id-101", "id-102", "id-103", "id-104"]);
    const after = planned(named([2, 6]), 1440, kept);
    const spot = (plan: typeof before, number: number) =>
      plan.placed.find(({ node: { number: own } }) => own === number);
    for (const number of [0, 1, 100, 102, 103, 104]) {
      expect(spot(after, number)?.x).toBeCloseTo(spot(before, number)?.x ?? -1, 3);
      expect(spot(after, number)?.y).toBeCloseTo(spot(before, number)?.y ?? -1, 3);
    }
    expect(spot(after, 101)?.y).toBeCloseTo(target.y + 80, 3);
    expect(spot(after, 105)).toBeDefined();
  });
});
