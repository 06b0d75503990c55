/** The picture: cards in lanes, and a line from who needs to what is needed. */
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { GraphEdge, GraphNode, ItemGraph } from "@/api/types";
import type { Arrangement } from "./graph-arrangement";
import { useDragging } from "./graph-dragging";
import { CARD, line, planned, type Placed } from "./graph-places";
import { useFelt } from "@/parts/service-now";
import { drawnAs, NodeName, NodeSigns } from "./graph-words";

/** Past so many, lines are faint until a card is pointed at. */
const MANY_LINES = 120;

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { box, width };
}

interface LinesProps {
  edges: readonly GraphEdge[];
  at: ReadonlyMap<number, Placed>;
  near: number | null;
}

function Lines({ edges, at, near }: LinesProps) {
  const touches = (edge: GraphEdge): boolean => edge.needing === near || edge.needed === near;
  const ordered = near === null ? edges : [...edges].sort((a, b) => +touches(a) - +touches(b));
  return ordered.map((edge) => {
    const [from, to] = [at.get(edge.needing), at.get(edge.needed)];
    if (!from || !to) return null;
    const look = near === null ? "" : touches(edge) ? " graph-line-near" : " graph-line-far";
    const spare = edge.relations.some((relation) => relation.group) ? " graph-line-spare" : "";
    return (
      <path
        key={`${edge.needing}-${edge.needed}`}
        className={`graph-line${look}${spare}`}
        d={line(from, to)}
        markerEnd="url(#graph-end)"
      />
    );
  });
}

interface PictureProps {
  graph: ItemGraph;
  chosen: number | null;
  onChoose: (node: GraphNode) => void;
  stepless?: boolean;
  /** Without it nothing can be moved. */
  arrangement?: Arrangement | undefined;
}

export function GraphPicture({ graph, chosen, onChoose, arrangement }: PictureProps) {
  const { box, width } = useWidth();
  const felt = useFelt();
  const [pointed, setPointed] = useState<number | null>(null);
  const kept = arrangement?.places;
  const plan = useMemo(() => planned(graph, width, kept), [graph, width, kept]);
  const drag = useDragging(plan, arrangement?.move);
  const at = useMemo(
    () => new Map(plan.placed.map((each) => [each.node.number, drag.moved(each)])),
    [plan, drag],
  );
  const near = pointed ?? chosen;
  const many = graph.edges.length > MANY_LINES;
  return (
    <div ref={box} className={`graph-picture${many ? " graph-many" : ""}`}>
      <div className="graph-sheet" style={{ height: plan.height }}>
        {plan.lanes.map((lane) => (
          <div key={lane.top} className="graph-lane" style={{ top: lane.top, height: lane.height }}>
            <span>{lane.layer}</span>
          </div>
        ))}
        <svg width={plan.width} height={plan.height} aria-hidden>
          <defs>
            <marker
              id="graph-end"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="6"
              markerHeight="6"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          <Lines edges={graph.edges} at={at} near={near} />
        </svg>
        {[...at.values()].map(({ node, x, y }) => (
          <button
            key={node.number}
            type="button"
            className={`graph-card${node.steps === 0 ? " graph-self" : ""}${drag.number === node.number ? " graph-card-dragged" : ""}`}
            style={{ left: x, top: y, width: CARD.width, height: CARD.height }}
            aria-pressed={chosen === node.number}
            data-node={node.key ?? ""}
            data-condition={drawnAs(node, felt(node.id)) ?? "restricted"}
            {...drag.handlers(node)}
            onClick={() => {
              if (!drag.dropped()) onChoose(node);
            }}
            onPointerEnter={() => {
              setPointed(node.number);
            }}
            onPointerLeave={() => {
              setPointed(null);
            }}
            onFocus={() => {
              setPointed(node.number);
            }}
            onBlur={() => {
              setPointed(null);
            }}
          >
            <NodeName node={node} />
            <NodeSigns node={node} />
          </button>
        ))}
      </div>
    </div>
  );
}
