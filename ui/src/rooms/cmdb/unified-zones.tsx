/** The whole hospital: zones as areas, the systems in them by class, and what else lies there. */
import { Link } from "react-router";
import type { SystemInZone, ZoneView } from "@/api/types";
import { useT } from "@/language";
import { COLOURS, CONDITIONS, Glyph, Importance, ServiceMark } from "@/parts/marks";
import { WhyNow } from "@/parts/service-now";
import { usePhone } from "@/parts/phone";
import { Empty } from "@/parts/states";
import { TypeIcon } from "@/parts/type-icon";
import { addressOf, layersOf, zoneKey, zoneName } from "./unified-view";

const fareOf = (system: SystemInZone) => ({
  condition: system.condition,
  parts: system.parts,
  condition_since: system.since,
});

export const isWrong = (system: SystemInZone): boolean =>
  !["ok", "unknown"].includes(system.now.judged);

function SystemTile({ system, zone }: { system: SystemInZone; zone: string | null }) {
  const t = useT();
  const elsewhere = system.beside
    .map((where) =>
      where.area === "restricted" ? t("unified.restrictedShort") : zoneName(t, where),
    )
    .join("、");
  return (
    <Link
      className={`zone-system zone-class-${system.importance ?? "none"}`}
      to={addressOf({ zone, system: system.id })}
      data-system={system.name}
      data-condition={system.now.judged}
    >
      <span className="zone-system-top">
        <ServiceMark item={fareOf(system)} now={system.now} quiet />
        <Importance value={system.importance} />
        <span className="spring" />
        {system.open_tickets > 0 ? (
          <span className="nowrap">
            <Glyph {...COLOURS[system.worst_colour]} size="0.9em" />{" "}
            {t("board.ticketsN", { n: system.open_tickets })}
          </span>
        ) : system.open_alerts > 0 ? (
          <span className="nowrap">{t("board.alertsN", { n: system.open_alerts })}</span>
        ) : null}
      </span>
      <b>{system.name}</b>
      <WhyNow now={system.now} />
      {elsewhere ? <small>{t("unified.beside", { zones: elsewhere })}</small> : null}
    </Link>
  );
}

export function ZoneSystems({ zone }: { zone: ZoneView }) {
  if (zone.systems.length === 0) return null;
  return (
    <div className="zone-systems">
      {zone.systems.map((system) => (
        <SystemTile key={system.id} system={system} zone={zoneKey(zone)} />
      ))}
    </div>
  );
}

/** Groups that open: what of which type, layer by layer, with what of it is wrong. */
export function ZoneLayers({ zone }: { zone: ZoneView }) {
  const t = useT();
  const key = zoneKey(zone);
  return (
    <dl className="zone-layers">
      {layersOf(zone).map(([layer, types]) => (
        <div key={layer}>
          <dt>{layer}</dt>
          <dd>
            {types.map(({ type, type_label: label, fare }) => {
              const said = (
                <>
                  <TypeIcon type={type} /> {label} <b>{fare.all}</b>
                  {fare.abnormal > 0 ? (
                    <span className={`tone-${CONDITIONS[fare.worst].tone}`}>
                      {" "}
                      <Glyph {...CONDITIONS[fare.worst]} size="0.85em" />{" "}
                      {t("unified.wrongItems", { n: fare.abnormal })}
                    </span>
                  ) : null}
                </>
              );
              return key ? (
                <Link key={type} className="zone-type" to={addressOf({ zone: key, type })}>
                  {said}
                </Link>
              ) : (
                <span key={type} className="zone-type">
                  {said}
                </span>
              );
            })}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What of it is wrong; “none” is said only where something is measured. */
export function ZoneFare({ zone }: { zone: ZoneView }) {
  const t = useT();
  const { all, abnormal, unknown, worst } = zone.fare;
  return (
    <span className="soft">
      {t("unified.counted", { systems: zone.systems.length, n: all })}
      {abnormal > 0 ? (
        <b className={`tone-${CONDITIONS[worst].tone}`}>
          {" · "}
          <Glyph {...CONDITIONS[worst]} size="0.85em" /> {t("unified.wrongItems", { n: abnormal })}
        </b>
      ) : all > unknown ? (
        ` · ${t("unified.noneWrong")}`
      ) : null}
      {unknown > 0 ? ` · ${t("unified.unmeasured", { n: unknown })}` : null}
    </span>
  );
}

export function ZoneBeyond({ zone }: { zone: ZoneView }) {
  const t = useT();
  return zone.beyond.length === 0 ? null : (
    <p className="soft">{t("unified.beyond", { layers: zone.beyond.join("、") })}</p>
  );
}

function ZoneHead({ zone }: { zone: ZoneView }) {
  const t = useT();
  const [key, name] = [zoneKey(zone), zoneName(t, zone)];
  return (
    <header>
      <h2>
        {key && zone.fare.all > 0 ? (
          <Link to={addressOf({ zone: key })} aria-label={t("unified.openZone", { name })}>
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      <ZoneFare zone={zone} />
    </header>
  );
}

function Zone({ zone }: { zone: ZoneView }) {
  const t = useT();
  const bare = zone.fare.all === 0 && zone.beyond.length === 0;
  return (
    <section className="card zone" data-zone={zoneName(t, zone)}>
      <ZoneHead zone={zone} />
      {bare ? <p className="soft">{t("unified.empty")}</p> : null}
      <ZoneSystems zone={zone} />
      <ZoneLayers zone={zone} />
      <ZoneBeyond zone={zone} />
    </section>
  );
}

/** On the phone a zone is a line that opens; what is wrong in it stands beneath. */
function ZoneLine({ zone }: { zone: ZoneView }) {
  const t = useT();
  const wrong = { ...zone, systems: zone.systems.filter(isWrong) };
  return (
    <section className="card zone" data-zone={zoneName(t, zone)}>
      <ZoneHead zone={zone} />
      <ZoneSystems zone={wrong} />
      <ZoneBeyond zone={zone} />
    </section>
  );
}

export function Zones({ zones }: { zones: readonly ZoneView[] }) {
  const t = useT();
  const phone = usePhone();
  if (zones.length === 0)
    return <Empty icon="zones" title={t("unified.none")} hint={t("unified.noneHint")} />;
  const Shown = phone ? ZoneLine : Zone;
  return (
    <>
      {zones.some(({ area }) => area !== "nowhere") ? null : (
        <Empty icon="zones" title={t("unified.none")} hint={t("unified.noneHint")} />
      )}
      <div className="zones">
        {zones.map((zone) => (
          <Shown key={zone.zone?.id ?? zone.area} zone={zone} />
        ))}
      </div>
    </>
  );
}
