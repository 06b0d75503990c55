/** 统一视图: where is it burning? Zones and systems at once; down to topology and model, and up. */
import { Breadcrumb } from "antd";
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { UnifiedView, ZoneView } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { UnifiedFind } from "./unified-find";
import { UnifiedInside } from "./unified-inside";
import { addressOf, useUnifiedPlace, zoneKey, zoneName, type UnifiedPlace } from "./unified-view";
import { isWrong, Zones } from "./unified-zones";
import "./graph.css";
import "./unified.css";

function Told({ view }: { view: UnifiedView }) {
  const t = useT();
  const systems = view.zones.flatMap((zone) => zone.systems);
  const wrong = systems.filter(isWrong).length;
  const items = view.zones.reduce((sum, zone) => sum + zone.fare.abnormal, 0);
  return (
    <p role="status">
      {wrong > 0 ? <b>{t("unified.wrongSystems", { n: wrong })} · </b> : null}
      {items > 0 ? <b>{t("unified.wrongItems", { n: items })} · </b> : null}
      {t("unified.told", {
        zones: view.zones.filter(({ area }) => area === "zone").length,
        systems: systems.length,
        n: view.items,
      })}
    </p>
  );
}

interface WayUpProps {
  place: UnifiedPlace;
  zone: ZoneView | undefined;
  view: UnifiedView;
}

function WayUp({ place, zone, view }: WayUpProps) {
  const t = useT();
  const system = view.zones.flatMap((each) => each.systems).find(({ id }) => id === place.system);
  const type = zone?.types.find((row) => row.type === place.type);
  const deeper = place.system ?? place.type;
  const steps = [
    { key: "whole", title: <Link to={addressOf({})}>{t("unified.whole")}</Link> },
    ...(zone
      ? [
          {
            key: "zone",
            title: deeper ? (
              <Link to={addressOf({ zone: place.zone })}>{zoneName(t, zone)}</Link>
            ) : (
              zoneName(t, zone)
            ),
          },
        ]
      : []),
    ...(deeper ? [{ key: "deeper", title: system?.name ?? type?.type_label ?? "" }] : []),
  ];
  return <Breadcrumb items={steps} />;
}

function Body({ view }: { view: UnifiedView }) {
  const { place, look } = useUnifiedPlace();
  const zone = view.zones.find((each) => zoneKey(each) === place.zone && place.zone !== null);
  const inside = place.zone !== null || place.system !== null;
  return inside ? (
    <>
      <WayUp place={place} zone={zone} view={view} />
      <UnifiedInside
        key={addressOf({ ...place, node: null })}
        place={place}
        look={look}
        zone={zone}
      />
    </>
  ) : (
    <>
      <Told view={view} />
      <Zones zones={view.zones} />
    </>
  );
}

export default function UnifiedPage() {
  const { data, error, refetch } = useGet("board", "/unified-view", {}, { keep: true });
  return (
    <PageFrame ready={data !== undefined || error !== null} actions={<UnifiedFind />}>
      {data ? (
        <Body view={data} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={8} />
      )}
    </PageFrame>
  );
}
