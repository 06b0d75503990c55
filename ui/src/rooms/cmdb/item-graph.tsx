/** 支撑关系: what an item supports and what supports it, layer by layer, with how each fares. */
import { Segmented, Select } from "antd";
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Condition, GraphNode, Item, ItemGraph as Graph } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { GraphList } from "./graph-list";
import { GraphPanel } from "./graph-panel";
import { GraphPicture } from "./graph-picture";
import "./graph.css";

const WAYS = ["both", "supports", "supported-by"] as const;
type Way = (typeof WAYS)[number] | "model";
const DEPTHS = [1, 2, 3, 5] as const;
const [FEW, MANY] = [300, 1_000];
const WRONG: ReadonlySet<Condition> = new Set(["down", "critical", "warning", "maintenance"]);

/** What is looked at is in the address: it can be sent to somebody. */
function useView(item: Item) {
  const [params, setParams] = useSearchParams();
  const isSystem = item.roles.includes("system");
  const ways: Way[] = isSystem ? ["model", ...WAYS] : [...WAYS];
  const way = ways.find((each) => each === params.get("way")) ?? ways[0] ?? "both";
  const depth = DEPTHS.find((each) => String(each) === params.get("depth")) ?? null;
  const set = (name: string, value: string | null): void => {
    setParams(
      (now) => {
        if (value === null) now.delete(name);
        else now.set(name, value);
        return now;
      },
      { replace: true },
    );
  };
  const most = params.get("most") === "all" ? MANY : FEW;
  const chosen = params.get("node");
  return { ways, way, depth, most, chosen, asList: params.get("as") === "list", set };
}

type View = ReturnType<typeof useView>;

/** What is out of reach has no name that an address could keep. */
const keyOf = (node: GraphNode): string => node.id ?? `place-${node.number}`;

function useGraph(item: Item, { way, depth, most }: View) {
  const model = useGet(
    "items",
    "/systems/{item_id}/model",
    { path: { item_id: item.id }, query: { most } },
    { keep: true, enabled: way === "model" },
  );
  const around = useGet(
    "items",
    "/items/{item_id}/graph",
    {
      path: { item_id: item.id },
      query: { most, depth, direction: way === "model" ? "both" : way },
    },
    { keep: true, enabled: way !== "model" },
  );
  return way === "model" ? model : around;
}

/** “None is abnormal” is said only where something is measured at all. */
function Summary({ graph, view, drawn }: { graph: Graph; view: View; drawn: boolean }) {
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
          {view.most === FEW ? (
            <button
              type="button"
              className="button"
              onClick={() => {
                view.set("most", "all");
              }}
            >
              {t("graph.showMore")}
            </button>
          ) : null}
        </span>
      ) : null}
    </p>
  );
}

function Bar({ view, phone }: { view: View; phone: boolean }) {
  const t = useT();
  return (
    <div className="graph-bar">
      <Segmented
        aria-label={t("graph.way")}
        value={view.way}
        options={view.ways.map((way) => ({ value: way, label: t(`graph.${way}`) }))}
        onChange={(way) => {
          view.set("way", way === view.ways[0] ? null : way);
        }}
      />
      {view.way === "model" ? null : (
        <Select
          aria-label={t("graph.depth")}
          value={view.depth ?? 0}
          options={[
            { value: 0, label: `${t("graph.depth")}：${t("graph.anyDepth")}` },
            ...DEPTHS.map((n) => ({ value: n, label: t("graph.depthN", { n }) })),
          ]}
          onChange={(depth) => {
            view.set("depth", depth === 0 ? null : String(depth));
          }}
        />
      )}
      {phone ? null : (
        <Segmented
          aria-label={t("graph.look")}
          value={view.asList ? "list" : "picture"}
          options={[
            { value: "picture", label: t("graph.picture") },
            { value: "list", label: t("graph.list") },
          ]}
          onChange={(look) => {
            view.set("as", look === "list" ? "list" : null);
          }}
        />
      )}
    </div>
  );
}

export function ItemGraph({ item }: { item: Item }) {
  const t = useT();
  const phone = usePhone();
  const view = useView(item);
  const { data: graph, error, refetch } = useGraph(item, view);
  if (!graph) {
    return error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting lines={6} />;
  }
  const chosen = graph.nodes.find((node) => keyOf(node) === view.chosen) ?? null;
  const choose = (node: GraphNode | null): void => {
    view.set("node", node === null || node === chosen ? null : keyOf(node));
  };
  const Shown = phone || view.asList ? GraphList : GraphPicture;
  return (
    <div className="graph">
      <Bar view={view} phone={phone} />
      {graph.edges.length === 0 ? (
        <Empty title={t("graph.none")} hint={t("graph.noneHint")} icon="relations" />
      ) : (
        <>
          <Summary graph={graph} view={view} drawn={Shown === GraphPicture} />
          <div className={chosen ? "graph-with-panel" : "graph-whole"}>
            <Shown graph={graph} chosen={chosen?.number ?? null} onChoose={choose} />
            {chosen ? <GraphPanel graph={graph} node={chosen} onChoose={choose} /> : null}
          </div>
        </>
      )}
    </div>
  );
}
