/** The same as a list by layer: for a phone, and for whoever would rather read. */
import type { GraphNode, ItemGraph } from "@/api/types";
import { useT } from "@/language";
import { nameOf, NodeSigns, stepsOf } from "./graph-words";

interface ListProps {
  graph: ItemGraph;
  chosen: number | null;
  onChoose: (node: GraphNode) => void;
  stepless?: boolean;
  /** A list has its order. */
  arrangement?: unknown;
}

export function GraphList({ graph, chosen, onChoose, stepless = false }: ListProps) {
  const t = useT();
  const lanes = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) lanes.set(node.lane, [...(lanes.get(node.lane) ?? []), node]);
  return (
    <div className="graph-list">
      {[...lanes]
        .sort(([a], [b]) => a - b)
        .map(([lane, nodes]) => (
          <section key={lane} className="card">
            <h2>
              {nodes[0]?.layer_label}{" "}
              <small className="muted">{nodes.reduce((sum, node) => sum + node.alike, 0)}</small>
            </h2>
            <ul>
              {[...nodes]
                .sort((a, b) => Math.abs(a.steps) - Math.abs(b.steps) || a.place - b.place)
                .map((node) => (
                  <li key={node.number}>
                    <button
                      type="button"
                      aria-pressed={chosen === node.number}
                      data-node={node.key ?? ""}
                      onClick={() => {
                        onChoose(node);
                      }}
                    >
                      <span className="graph-name">{nameOf(t, node)}</span>
                      <NodeSigns node={node} />
                      {stepless ? null : <small className="muted nowrap">{stepsOf(t, node)}</small>}
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
    </div>
  );
}
