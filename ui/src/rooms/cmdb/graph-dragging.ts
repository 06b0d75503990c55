/** A card is dragged with the mouse or a pen, or moved with Shift and the arrow keys. */
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { GraphNode } from "@/api/types";
import { movedInLane, type KeptPlaces, type Placed, type Plan } from "./graph-places";

/** Less is a click with an unsteady hand. */
const STEADY = 4;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-24, 0],
  ArrowRight: [24, 0],
  ArrowUp: [0, -29],
  ArrowDown: [0, 29],
};

interface Dragged {
  number: number;
  dx: number;
  dy: number;
}

export function useDragging(plan: Plan, move: ((places: KeptPlaces) => void) | undefined) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const begun = useRef<{ x: number; y: number } | null>(null);
  const ended = useRef(false);
  return useMemo(() => {
    const by = (node: GraphNode, dx: number, dy: number): void => {
      const from = plan.placed.find((each) => each.node === node);
      if (from && move) move(movedInLane(plan, node, { x: from.x + dx, y: from.y + dy }));
    };
    const handlers = (node: GraphNode) =>
      move === undefined || node.id === null
        ? {}
        : {
            onPointerDown: (event: PointerEvent<HTMLElement>) => {
              ended.current = false;
              if (event.button !== 0 || event.pointerType === "touch") return;
              begun.current = { x: event.clientX, y: event.clientY };
              event.currentTarget.setPointerCapture(event.pointerId);
            },
            onPointerMove: (event: PointerEvent<HTMLElement>) => {
              if (!begun.current) return;
              const dx = event.clientX - begun.current.x;
              const dy = event.clientY - begun.current.y;
              if (dragged || Math.hypot(dx, dy) > STEADY)
                setDragged({ number: node.number, dx, dy });
            },
            onPointerUp: () => {
              begun.current = null;
              if (!dragged) return;
              ended.current = true;
              by(node, dragged.dx, dragged.dy);
              setDragged(null);
            },
            onPointerCancel: () => {
              begun.current = null;
              setDragged(null);
            },
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
              const step = event.shiftKey ? STEPS[event.key] : undefined;
              if (!step) return;
              event.preventDefault();
              by(node, ...step);
            },
          };
    return {
      handlers,
      /** Where a card stands now, under the pointer or in its place. */
      moved: (placed: Placed): Placed =>
        placed.node.number === dragged?.number
          ? { ...placed, x: placed.x + dragged.dx, y: placed.y + dragged.dy }
          : placed,
      /** Whether the click that follows is the end of a drag. */
      dropped: (): boolean => {
        const was = ended.current;
        ended.current = false;
        return was;
      },
      number: dragged?.number ?? null,
    };
  }, [plan, move, dragged]);
}
