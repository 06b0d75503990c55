/** Inside a zone (its topology, or all of one type) or a system (its layered model). */
import { useState } from "react";
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { GraphNode, ItemGraph, ZoneView } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { GraphList } from "./graph-list";
import { GraphPanel } from "./graph-panel";
import { GraphPicture } from "./graph-picture";
import { NodeState } from "./graph-state";
import { GraphSummary } from "./graph-summary";
import { ZoneBeyond, ZoneFare, ZoneLayers, ZoneSystems } from "./unified-zones";
import type { UnifiedPlace } from "./unified-view";

const [FEW, MANY] = [300, 1_000];

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

/** A place by the id of its item, or of one of many that stand there. */
const nodeOf = (graph: ItemGraph, id: string | null): GraphNode | null =>
  graph.nodes.find((node) => node.id === id && id !== null) ??
  graph.nodes.find((node) => id !== null && node.members.includes(id)) ??
  graph.nodes.find((node) => `place-${node.number}` === id) ??
  null;

function NotDrawn({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  return (
    <aside className="card graph-panel" aria-label={t("unified.notDrawn")}>
      <header>
        <h2>{t("unified.notDrawn")}</h2>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t("word.close")}
        </button>
      </header>
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
  const chosen = nodeOf(graph, place.node);
  const choose = (node: GraphNode | null): void => {
    look(node === null || node === chosen ? null : (node.id ?? `place-${node.number}`));
  };
  const Shown = phone || place.type !== null ? GraphList : GraphPicture;
  const lost = place.node !== null && chosen === null && !place.node.startsWith("place-");
  return (
    <>
      <GraphSummary graph={graph} drawn={Shown === GraphPicture} more={more} />
      <div className={chosen || lost ? "graph-with-panel" : "graph-whole"}>
        <Shown graph={graph} chosen={chosen?.number ?? null} onChoose={choose} stepless />
        {chosen ? <GraphPanel graph={graph} node={chosen} onChoose={choose} stepless /> : null}
        {lost ? (
          <NotDrawn
            id={place.node ?? ""}
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
