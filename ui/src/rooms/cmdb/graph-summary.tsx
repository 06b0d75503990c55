/** What a picture holds, what of it is wrong, and what it leaves out. */
import type { Condition, ItemGraph } from "@/api/types";
import { useT } from "@/language";

const WRONG: ReadonlySet<Condition> = new Set(["down", "critical", "warning", "maintenance"]);

interface SummaryProps {
  graph: ItemGraph;
  /** As a picture, with dashed lines to explain. */
  drawn: boolean;
  /** Draws more, where more can be drawn. */
  more: (() => void) | null;
}

/** “None is abnormal” is said only where something is measured at all. */
export function GraphSummary({ graph, drawn, more }: SummaryProps) {
  const t = useT();
  const of = (conditions: (condition: Condition) => boolean): number =>
    graph.nodes
      .filter((node) => node.condition && conditions(node.condition))
      .reduce((sum, node) => sum + node.alike, 0);
  const leftWrong = graph.more.reduce((sum, left) => sum + left.abnormal, 0);
  const wrong = of((condition) => WRONG.has(condition)) + leftWrong;
  const unknown = of((condition) => condition === "unknown");
  const known = of(() => true);
  return (
    <p className="graph-summary" role="status">
      <b>{t("graph.found", { n: graph.items })}</b>{" "}
      {wrong > 0 ? <b>{t("graph.wrong", { n: wrong })}</b> : null}
      {wrong === 0 && unknown < known ? t("graph.noneWrong") : null}
      {graph.nodes.some((node) => !node.id) || graph.more.some((left) => left.out_of_reach) ? (
        <span className="soft"> · {t("graph.beyond")}</span>
      ) : null}
      {unknown > 0 ? (
        <span className="soft"> · {t("graph.unmeasured", { n: unknown })}</span>
      ) : null}
      {drawn && graph.edges.some((edge) => edge.relations.some((relation) => relation.group)) ? (
        <span className="soft graph-legend"> · {t("graph.spare")}</span>
      ) : null}
      {graph.more.some((left) => left.items > 0) ? (
        <span className="soft">
          {" · "}
          {t("graph.left")}
          {graph.more
            .filter((left) => left.items > 0)
            .map(
              (left) =>
                t("graph.leftOf", { layer: left.layer_label, n: left.items }) +
                (left.abnormal > 0 ? `（${t("graph.leftWrong", { n: left.abnormal })}）` : ""),
            )
            .join("、")}{" "}
          {more ? (
            <button type="button" className="button" onClick={more}>
              {t("graph.showMore")}
            </button>
          ) : null}
        </span>
      ) : null}
    </p>
  );
}
