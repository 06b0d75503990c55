/** Inside a zone (its topology, or all of one type) or a system (its layered model). */
import { useState } from "react";
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { GraphNode, ItemGraph, ZoneView } from "@/api/types";
import { useT } from "@/language";
import { ConditionMark } from "@/parts/marks";
import { ServiceCard } from "@/parts/service-now";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { useArrangement } from "./graph-arrangement";
import { ArrangementBar } from "./graph-arrangement-bar";
import { GraphList } from "./graph-list";
import { GraphPanel } from "./graph-panel";
import { GraphPicture } from "./graph-picture";
import { NodeState } from "./graph-state";
import { GraphSummary } from "./graph-summary";
import { nameOf } from "./graph-words";
import { ZoneBeyond, ZoneFare, ZoneLayers, ZoneSystems } from "./unified-zones";
import type { UnifiedPlace } from "./unified-view";

const [FEW, MANY] = [300, 1_000];
const ID = /^[0-9a-f]{8}-/;

function useInside({ zone, type, system }: UnifiedPlace, most: number) {
  const model = useGet(
    "items",
    "/systems/{item_id}/model",
    { path: { item_id: system ?? "" }, query: { most } },
    { enabled: system !== null, keep: true },
  );
  const topology = useGet(
    "items",
    "/zone-topology",
    { query: { zone: zone === "nowhere" ? null : zone, type, most } },
    { enabled: system === null, keep: true },
  );
  return system === null ? topology : model;
}

/** Many alike are chosen as such, and what is out of reach has no id. */
const keyOf = (node: GraphNode): string =>
  node.alike > 1 ? `of-${node.id ?? ""}` : (node.id ?? `place-${node.number}`);

/** An item that is drawn with others, or for which there was no room. */
function ItemPanel({ id, graph, onClose }: { id: string; graph: ItemGraph; onClose: () => void }) {
  const t = useT();
  const { data } = useGet("board", "/unified-view/items/{item_id}", { path: { item_id: id } });
  const among = graph.nodes.find((node) => node.members.includes(id));
  const name = data?.name ?? t("unified.notDrawn");
  return (
    <aside className="card graph-panel" aria-label={name}>
      <header>
        <h2>{name}</h2>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t("word.close")}
        </button>
      </header>
      {data ? (
        <p className="graph-signs">
          <ConditionMark condition={data.condition} quiet /> <small>{data.type_label}</small>
        </p>
      ) : null}
      <p className="soft">
        {among ? t("unified.drawnIn", { name: nameOf(t, among) }) : t("unified.notDrawn")}
      </p>
      <NodeState id={id} />
      <Link className="button" to={`/items/${id}`}>
        {t("graph.open")}
      </Link>
    </aside>
  );
}

interface DrawnProps {
  graph: ItemGraph;
  place: UnifiedPlace;
  look: (node: string | null) => void;
  more: (() => void) | null;
}

function Drawn({ graph, place, look, more }: DrawnProps) {
  const phone = usePhone();
  const chosen = graph.nodes.find((node) => keyOf(node) === place.node) ?? null;
  const choose = (node: GraphNode | null): void => {
    look(node === null || node === chosen ? null : keyOf(node));
  };
  const Shown = phone || place.type !== null ? GraphList : GraphPicture;
  const root = place.system ?? (place.zone === "nowhere" ? null : place.zone);
  const arrangement = useArrangement(place.system === null ? "topology" : "model", root);
  const movable = Shown === GraphPicture;
  const other = chosen === null && place.node && ID.test(place.node) ? place.node : null;
  return (
    <>
      <GraphSummary graph={graph} drawn={Shown === GraphPicture} more={more} />
      <div className={chosen || other ? "graph-with-panel" : "graph-whole"}>
        <div>
          <Shown
            graph={graph}
            chosen={chosen?.number ?? null}
            onChoose={choose}
            stepless
            arrangement={movable ? arrangement : undefined}
          />
          {movable ? <ArrangementBar arrangement={arrangement} /> : null}
        </div>
        {chosen ? <GraphPanel graph={graph} node={chosen} onChoose={choose} stepless /> : null}
        {other ? (
          <ItemPanel
            id={other}
            graph={graph}
            onClose={() => {
              look(null);
            }}
          />
        ) : null}
      </div>
    </>
  );
}

interface InsideProps {
  place: UnifiedPlace;
  look: (node: string | null) => void;
  zone: ZoneView | undefined;
}

export function UnifiedInside({ place, look, zone }: InsideProps) {
  const t = useT();
  const [most, setMost] = useState(FEW);
  const { data: graph, error, refetch } = useInside(place, most);
  const whole = zone !== undefined && place.system === null && place.type === null;
  return (
    <div className="graph">
      {whole ? (
        <section className="card zone">
          <ZoneFare zone={zone} />
          <ZoneSystems zone={zone} />
          <ZoneLayers zone={zone} />
          <ZoneBeyond zone={zone} />
          <p className="soft">{t("unified.upper")}</p>
        </section>
      ) : null}
      {place.system === null ? null : <ServiceCard id={place.system} />}
      {graph ? (
        graph.nodes.length === 0 ? (
          <Empty icon="zones" title={t("unified.empty")} />
        ) : (
          <Drawn
            graph={graph}
            place={place}
            look={look}
            more={
              most === FEW
                ? () => {
                    setMost(MANY);
                  }
                : null
            }
          />
        )
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={6} />
      )}
    </div>
  );
}
