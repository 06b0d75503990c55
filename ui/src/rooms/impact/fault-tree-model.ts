/** Where the boxes of a fault tree stand, and in which order a list tells them. */
import type { TreePart } from "@/api/types";

export const BOX = { width: 216, height: 40, across: 264, down: 48 } as const;

export interface Spot {
  x: number;
  y: number;
}

export const spotOf = ({ layer, row }: TreePart): Spot => ({
  x: layer * BOX.across,
  y: row * BOX.down,
});

export function sizeOf(parts: readonly TreePart[]): { width: number; height: number } {
  const layers = Math.max(0, ...parts.map(({ layer }) => layer));
  const rows = Math.max(0, ...parts.map(({ row }) => row));
  return { width: layers * BOX.across + BOX.width, height: rows * BOX.down + BOX.height };
}

/** From the right side of a gate to the left side of its input. */
export function wayOf(above: Spot, below: Spot): string {
  const from = `${above.x + BOX.width} ${above.y + BOX.height / 2}`;
  const middle = above.x + BOX.width + (BOX.across - BOX.width) / 2;
  return `M${from}H${middle}V${below.y + BOX.height / 2}H${below.x}`;
}

/** Each part after the one that it is an input of, its own inputs right after it. */
export function inOrder(parts: readonly TreePart[]): TreePart[] {
  const inputs = new Map<number | null, TreePart[]>();
  for (const part of parts) {
    const beside = inputs.get(part.above);
    if (beside) beside.push(part);
    else inputs.set(part.above, [part]);
  }
  const told: TreePart[] = [];
  const waiting = [...(inputs.get(null) ?? [])];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    told.push(part);
    waiting.push(...[...(inputs.get(part.id) ?? [])].reverse());
  }
  return told;
}
