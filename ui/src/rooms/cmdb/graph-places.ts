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

/** The plan of a picture that is so wide; rows of a lane stand in its middle. */
export function planned(graph: ItemGraph, width: number): Plan {
  const room = Math.max(width - LANE_NAME, CARD.width);
  const columns = Math.max(1, Math.floor((room + GAP.across) / (CARD.width + GAP.across)));
  const lanes = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) lanes.set(node.lane, [...(lanes.get(node.lane) ?? []), node]);
  const plan: Plan = { placed: [], lanes: [], width: LANE_NAME + room, height: 0 };
  let top = 0;
  for (const [, nodes] of [...lanes].sort(([a], [b]) => a - b)) {
    const ordered = [...nodes].sort((a, b) => a.place - b.place);
    const rows = Math.ceil(ordered.length / columns);
    const wide = Math.ceil(ordered.length / rows);
    ordered.forEach((node, place) => {
      const row = Math.floor(place / wide);
      const inRow = Math.min(wide, ordered.length - row * wide);
      const taken = inRow * (CARD.width + GAP.across) - GAP.across;
      const x = LANE_NAME + (room - taken) / 2 + (place % wide) * (CARD.width + GAP.across);
      plan.placed.push({ node, x, y: top + GAP.lane / 2 + row * (CARD.height + GAP.down) });
    });
    const height = rows * (CARD.height + GAP.down) - GAP.down + GAP.lane;
    plan.lanes.push({ layer: ordered[0]?.layer_label ?? "", top, height });
    top += height;
  }
  plan.height = top;
  return plan;
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
