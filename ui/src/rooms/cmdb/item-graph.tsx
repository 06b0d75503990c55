/** 支撑关系: what an item supports and what supports it, layer by layer, with how each fares. */
import { Segmented, Select } from "antd";
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { GraphNode, Item, ItemGraph as Graph, ItemPaths } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { RefSelect } from "@/parts/ref-select";
import { Empty, Failed, Waiting } from "@/parts/states";
import { useArrangement } from "./graph-arrangement";
import { ArrangementBar } from "./graph-arrangement-bar";
import { GraphItems } from "./graph-items";
import { GraphList } from "./graph-list";
import { GraphPanel } from "./graph-panel";
import { GraphPicture } from "./graph-picture";
import { GraphSummary } from "./graph-summary";
import "./graph.css";

const WAYS = ["both", "supports", "supported-by"] as const;
type Way = (typeof WAYS)[number] | "model";
const DEPTHS = [1, 2, 3, 5] as const;
const [FEW, MANY] = [300, 1_000];

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
  const [to, asList] = [params.get("to"), params.get("as") === "list"];
  return { ways, way, depth, most, chosen, to, asList, set };
}

type View = ReturnType<typeof useView>;

/** What is out of reach has no name that an address could keep. */
const keyOf = (node: GraphNode): string => node.id ?? `place-${node.number}`;

/** With another item, what lies between the two; else what is around this one. */
function useGraph(item: Item, { way, depth, most, to }: View) {
  const between = useGet(
    "items",
    "/paths",
    { query: { from: item.id, to: to ?? "", most } },
    { keep: true, enabled: to !== null },
  );
  const model = useGet(
    "items",
    "/systems/{item_id}/model",
    { path: { item_id: item.id }, query: { most } },
    { keep: true, enabled: to === null && way === "model" },
  );
  const around = useGet(
    "items",
    "/items/{item_id}/graph",
    {
      path: { item_id: item.id },
      query: { most, depth, direction: way === "model" ? "both" : way },
    },
    { keep: true, enabled: to === null && way !== "model" },
  );
  if (to !== null) return { ...between, data: between.data?.graph, way: between.data };
  return { ...(way === "model" ? model : around), way: undefined };
}

/** Which of the two stands on the other, before one looks at the picture. */
function WayTold({ way }: { way: ItemPaths }) {
  const t = useT();
  const said = {
    "supported-by": t("graph.wayBelow", { n: way.length }),
    supports: t("graph.wayAbove", { n: way.length }),
    both: t("graph.wayBoth", { n: way.length }),
  };
  return way.direction === null ? null : (
    <p role="status">
      <b>{said[way.direction]}</b>
    </p>
  );
}

function Around({ view }: { view: View }) {
  const t = useT();
  return (
    <>
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
    </>
  );
}

function Bar({ view, phone }: { view: View; phone: boolean }) {
  const t = useT();
  return (
    <div className="graph-bar">
      <RefSelect
        of="items"
        className="graph-to"
        value={view.to}
        aria-label={t("graph.to")}
        placeholder={t("graph.to")}
        onChange={(to) => {
          view.set("to", to);
        }}
      />
      {view.to === null ? <Around view={view} /> : null}
      <Segmented
        aria-label={t("graph.look")}
        value={view.asList ? "list" : "picture"}
        options={[
          { value: "picture", label: t(phone ? "graph.byLayer" : "graph.picture") },
          { value: "list", label: t("graph.list") },
        ]}
        onChange={(look) => {
          view.set("as", look === "list" ? "list" : null);
        }}
      />
    </div>
  );
}

function Nothing({ joining }: { joining: boolean }) {
  const t = useT();
  return joining ? (
    <Empty title={t("graph.noWay")} hint={t("graph.noWayHint")} icon="relations" />
  ) : (
    <Empty title={t("graph.none")} hint={t("graph.noneHint")} icon="relations" />
  );
}

function Drawn({ graph, view, item }: { graph: Graph; view: View; item: Item }) {
  const phone = usePhone();
  const arrangement = useArrangement(view.way === "model" ? "model" : "around", item.id);
  const movable = view.to === null && !phone && !view.asList;
  const chosen = graph.nodes.find((node) => keyOf(node) === view.chosen) ?? null;
  const choose = (node: GraphNode | null): void => {
    view.set("node", node === null || node === chosen ? null : keyOf(node));
  };
  const more = (): void => {
    view.set("most", "all");
  };
  if (view.asList) return <GraphItems item={item} way={view.way} depth={view.depth} to={view.to} />;
  const Shown = phone ? GraphList : GraphPicture;
  return (
    <>
      <GraphSummary
        graph={graph}
        drawn={Shown === GraphPicture}
        more={view.most === FEW ? more : null}
      />
      <div className={chosen ? "graph-with-panel" : "graph-whole"}>
        <div>
          <Shown
            graph={graph}
            chosen={chosen?.number ?? null}
            onChoose={choose}
            arrangement={movable ? arrangement : undefined}
          />
          {movable ? <ArrangementBar arrangement={arrangement} /> : null}
        </div>
        {chosen ? <GraphPanel graph={graph} node={chosen} onChoose={choose} /> : null}
      </div>
    </>
  );
}

export function ItemGraph({ item }: { item: Item }) {
  const phone = usePhone();
  const view = useView(item);
  const { data: graph, way, error, refetch } = useGraph(item, view);
  return (
    <div className="graph">
      <Bar view={view} phone={phone} />
      {graph ? (
        <>
          {way ? <WayTold way={way} /> : null}
          {graph.edges.length === 0 ? (
            <Nothing joining={way !== undefined} />
          ) : (
            <Drawn graph={graph} view={view} item={item} />
          )}
        </>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={6} />
      )}
    </div>
  );
}
