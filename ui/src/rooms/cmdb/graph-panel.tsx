/** Beside the picture: one place of it, why others need it, and what it needs. */
import { Link } from "react-router";
import type { GraphEdge, GraphNode, ItemGraph } from "@/api/types";
import { useT } from "@/language";
import { NodeState } from "./graph-state";
import { nameOf, NodeSigns, stepsOf } from "./graph-words";

function Why({ edge }: { edge: GraphEdge }) {
  const t = useT();
  return edge.relations.map((relation) => (
    <small key={`${relation.kind}-${relation.group ?? ""}`} className="muted">
      {relation.label}
      {relation.group ? ` · ${t("relation.group")} ${relation.group}` : ""}
      {relation.need ? ` · ${t("relation.need")} ${relation.need}` : ""}
      {relation.standby ? ` · ${t(`relation.${relation.standby}`)}` : ""}
      {relation.switch_minutes
        ? ` · ${t("relation.switchMinutes")} ${relation.switch_minutes}`
        : ""}
    </small>
  ));
}

interface NeighboursProps {
  title: string;
  edges: readonly GraphEdge[];
  other: (edge: GraphEdge) => GraphNode | undefined;
  onChoose: (node: GraphNode) => void;
}

function Neighbours({ title, edges, other, onChoose }: NeighboursProps) {
  const t = useT();
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <small className="muted">{edges.length}</small>
      </h3>
      <ul className="graph-neighbours">
        {edges.map((edge) => {
          const node = other(edge);
          return node ? (
            <li key={node.number}>
              <button
                type="button"
                className="button-quiet"
                onClick={() => {
                  onChoose(node);
                }}
              >
                {nameOf(t, node)}
              </button>
              <Why edge={edge} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}

function Members({ node }: { node: GraphNode }) {
  const t = useT();
  if (node.members.length === 0) return null;
  const query = node.members.map((id) => `id=${id}`).join("&");
  return (
    <Link className="button" to={`/items?${query}`}>
      {node.members.length < node.alike
        ? t("graph.membersFirst", { shown: node.members.length, n: node.alike })
        : t("graph.members", { n: node.alike })}
    </Link>
  );
}

interface PanelProps {
  graph: ItemGraph;
  node: GraphNode;
  onChoose: (node: GraphNode | null) => void;
  /** The picture is of no item in whose steps places could be told. */
  stepless?: boolean;
}

export function GraphPanel({ graph, node, onChoose, stepless = false }: PanelProps) {
  const t = useT();
  const numbered = new Map(graph.nodes.map((each) => [each.number, each]));
  const below = graph.edges.filter((edge) => edge.needing === node.number);
  const above = graph.edges.filter((edge) => edge.needed === node.number);
  return (
    <aside className="card graph-panel" aria-label={nameOf(t, node)}>
      <header>
        <h2>{nameOf(t, node)}</h2>
        <button
          type="button"
          className="button button-quiet"
          onClick={() => {
            onChoose(null);
          }}
        >
          {t("word.close")}
        </button>
      </header>
      <p className="graph-signs">
        <NodeSigns node={node} />
      </p>
      <p className="soft">
        {stepless ? node.layer_label : `${node.layer_label} · ${stepsOf(t, node)}`}
      </p>
      {node.id && node.alike === 1 ? <NodeState id={node.id} /> : null}
      {node.id ? null : <p className="soft">{t("graph.restrictedHint")}</p>}
      {node.alike > 1 ? <p className="soft">{t("graph.alikeHint")}</p> : null}
      <div className="form-actions">
        {node.id && node.alike === 1 ? (
          <>
            <Link className="button" to={`/items/${node.id}`}>
              {t("graph.open")}
            </Link>
            {node.steps === 0 || stepless ? null : (
              <>
                <Link className="button" to={`/items/${node.id}?tab=graph`}>
                  {t("graph.from")}
                </Link>
                <Link className="button" to={`?tab=graph&to=${node.id}`}>
                  {t("graph.wayThere")}
                </Link>
              </>
            )}
          </>
        ) : null}
        {node.alike > 1 ? <Members node={node} /> : null}
      </div>
      <Neighbours
        title={t("graph.neededBy")}
        edges={above}
        other={(edge) => numbered.get(edge.needing)}
        onChoose={onChoose}
      />
      <Neighbours
        title={t("graph.needs")}
        edges={below}
        other={(edge) => numbered.get(edge.needed)}
        onChoose={onChoose}
      />
    </aside>
  );
}
