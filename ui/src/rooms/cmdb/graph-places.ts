/** Where the places of a picture are drawn: a lane for each layer, broken into rows that fit. */
import type { GraphNode, ItemGraph } from "@/api/types";

export const CARD = { width: 168, height: 46 };
const GAP = { across: 14, down: 12, lane: 30 };
export const LANE_NAME = 88;

export interface Placed {
  node: GraphNode;
  x: number;
  y: number;
}

export interface Lane {
  layer: string;
  top: number;
  height: number;
}

export interface Plan {
  placed: Placed[];
  lanes: Lane[];
  width: number;
  height: number;
}

/** Where somebody put an item: from the left (0) to the right (1), and rows from its lane's top. */
export interface KeptPlace {
  x: number;
  y: number;
}

export type KeptPlaces = ReadonlyMap<string, KeptPlace>;

interface Spot {
  x: number;
  y: number;
}

const ROW = CARD.height + GAP.down;
const roomOf = (width: number): number => Math.max(width - LANE_NAME, CARD.width);

const hit = (spot: Spot, other: Spot): boolean =>
  Math.abs(spot.x - other.x) < CARD.width && Math.abs(spot.y - other.y) < CARD.height;

/** The spot itself, or below what stands there already. */
function freeBelow(spot: Spot, taken: readonly Spot[]): Spot {
  let y = spot.y;
  for (;;) {
    const there = taken.find((other) => hit({ x: spot.x, y }, other));
    if (there === undefined) return { x: spot.x, y };
    y = there.y + ROW;
  }
}

/** Rows that stand in the middle of the lane. */
function inRows(count: number, room: number): Spot[] {
  const columns = Math.max(1, Math.floor((room + GAP.across) / (CARD.width + GAP.across)));
  const rows = Math.ceil(count / columns);
  const wide = Math.ceil(count / rows);
  return Array.from({ length: count }, (_, place) => {
    const row = Math.floor(place / wide);
    const inRow = Math.min(wide, count - row * wide);
    const taken = inRow * (CARD.width + GAP.across) - GAP.across;
    const x = LANE_NAME + (room - taken) / 2 + (place % wide) * (CARD.width + GAP.across);
    return { x, y: row * ROW };
  });
}

/** What was put somewhere stands there, and what was not where there is room. */
function around(nodes: readonly GraphNode[], kept: KeptPlaces, room: number): Spot[] {
  const spots = new Map<GraphNode, Spot>();
  const taken: Spot[] = [];
  const put = (node: GraphNode, spot: Spot): void => {
    spots.set(node, spot);
    taken.push(spot);
  };
  const own = (node: GraphNode): KeptPlace | undefined => kept.get(node.id ?? "");
  const placed = nodes.flatMap((node) => {
    const place = own(node);
    return place ? [{ node, place }] : [];
  });
  placed.sort((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
  for (const { node, place } of placed) {
    const spot = { x: LANE_NAME + place.x * (room - CARD.width), y: place.y * ROW };
    put(node, freeBelow(spot, taken));
  }
  const columns = Math.max(1, Math.floor((room + GAP.across) / (CARD.width + GAP.across)));
  let slot = 0;
  for (const node of nodes.filter((each) => !own(each))) {
    for (;;) {
      const x = LANE_NAME + (slot % columns) * (CARD.width + GAP.across);
      const spot = { x, y: Math.floor(slot / columns) * ROW };
      slot += 1;
      if (taken.some((other) => hit(spot, other))) continue;
      put(node, spot);
      break;
    }
  }
  return nodes.map((node) => spots.get(node) ?? { x: LANE_NAME, y: 0 });
}

const NONE: KeptPlaces = new Map();

/** The plan of a picture that is so wide: lanes below each other, each as high as it must be. */
export function planned(graph: ItemGraph, width: number, kept: KeptPlaces = NONE): Plan {
  const room = roomOf(width);
  const lanes = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) lanes.set(node.lane, [...(lanes.get(node.lane) ?? []), node]);
  const plan: Plan = { placed: [], lanes: [], width: LANE_NAME + room, height: 0 };
  let top = 0;
  for (const [, nodes] of [...lanes].sort(([a], [b]) => a - b)) {
    const ordered = [...nodes].sort((a, b) => a.place - b.place);
    const spots = ordered.some(({ id }) => kept.has(id ?? ""))
      ? around(ordered, kept, room)
      : inRows(ordered.length, room);
    ordered.forEach((node, place) => {
      const { x, y } = spots[place] ?? { x: LANE_NAME, y: 0 };
      plan.placed.push({ node, x, y: top + GAP.lane / 2 + y });
    });
    const height = Math.max(...spots.map(({ y }) => y)) + CARD.height + GAP.lane;
    plan.lanes.push({ layer: ordered[0]?.layer_label ?? "", top, height });
    top += height;
  }
  plan.height = top;
  return plan;
}

/**
 * All items of a lane as they stand, one of them moved: the others stay where they are, whoever
 * comes later.
 */
export function movedInLane(plan: Plan, moved: GraphNode, to: Spot): Map<string, KeptPlace> {
  const members = plan.placed.filter(({ node }) => node.lane === moved.lane);
  const first = members[0]?.y ?? 0;
  const lane = plan.lanes.findLast(({ top }) => top <= first);
  const begins = (lane?.top ?? 0) + GAP.lane / 2;
  const wide = Math.max(plan.width - LANE_NAME - CARD.width, 1);
  return new Map(
    members.flatMap(({ node, x, y }) => {
      if (node.id === null) return [];
      const at = node.number === moved.number ? to : { x, y };
      const place = {
        x: Math.min(Math.max((at.x - LANE_NAME) / wide, 0), 1),
        y: Math.min(Math.max((at.y - begins) / ROW, 0), 200),
      };
      return [[node.id, place] as const];
    }),
  );
}

/** The line from who needs (its lower edge) to what is needed (its upper edge), as a path. */
export function line(from: Placed, to: Placed): string {
  const [x1, x2] = [from.x + CARD.width / 2, to.x + CARD.width / 2];
  const below = to.y > from.y;
  const y1 = below ? from.y + CARD.height : from.y;
  const y2 = below ? to.y : to.y + CARD.height;
  if (to.y === from.y) {
    const y = from.y + CARD.height;
    return `M${x1} ${y}C${x1} ${y + 22} ${x2} ${y + 22} ${x2} ${y}`;
  }
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}
