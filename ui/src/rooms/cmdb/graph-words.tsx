/** What a place of the picture is called, and how it fares; the same in picture, list and panel. */
import type { Condition, GraphNode } from "@/api/types";
import { useT, type Translate } from "@/language";
import { ConditionMark, Importance } from "@/parts/marks";
import { FeltMark, useFelt, type Felt } from "@/parts/service-now";
import { TypeIcon } from "@/parts/type-icon";
import { halves } from "./graph-names";

export const nameOf = (t: Translate, node: GraphNode): string =>
  node.alike > 1
    ? t("graph.alike", {
        type: node.type_label || t("graph.restricted"),
        n: node.alike,
      })
    : node.id
      ? node.name
      : t("graph.restricted");

export function NodeName({ node }: { node: GraphNode }) {
  const t = useT();
  const name = nameOf(t, node);
  const [front, end] = halves(name);
  return end ? (
    <b className="graph-name graph-name-long" title={name}>
      <span className="clip">{front}</span>
      <span>{end}</span>
    </b>
  ) : (
    <b className="graph-name clip">{name}</b>
  );
}

const AS_BAD = { down: "down", standby: "warning", degraded: "warning" } as const;

/**
 * How a place is drawn. A system is called by what failures do to it: that a part of it is down is
 * not its own condition.
 */
export const drawnAs = (node: GraphNode, felt: Felt | null): Condition | null =>
  felt && node.roles.includes("system") ? AS_BAD[felt] : node.condition;

/** What is out of reach has no condition that could be told; what fails others is told of those. */
export function NodeSigns({ node }: { node: GraphNode }) {
  const felt = useFelt()(node.alike === 1 ? node.id : null);
  const system = node.roles.includes("system");
  const silent = felt !== null && (system || node.condition === "unknown");
  return (
    <span className="graph-signs">
      {node.condition && !silent ? <ConditionMark condition={node.condition} quiet /> : null}
      {felt ? <FeltMark state={felt} service={system} /> : null}
      {node.alike === 1 ? <Importance value={node.importance} /> : null}
      <TypeIcon type={node.type} />
      <small className="clip">{node.alike === 1 ? node.type_label : node.layer_label}</small>
    </span>
  );
}

export function stepsOf(t: Translate, node: GraphNode): string {
  if (node.steps === 0) return t("graph.self");
  return node.steps < 0 ? t("graph.up", { n: -node.steps }) : t("graph.down", { n: node.steps });
}
