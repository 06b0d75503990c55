/** 接口地图: who provides interfaces, who consumes them, and how what lies between them fares. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { InterfaceMap, MapParty, MapWay } from "@/api/types";
import { useT } from "@/language";
import { ConditionMark } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { passing } from "./interface-columns";
import "./interface.css";

const between = (provider: MapParty, consumer: MapParty): string | null =>
  provider.item.id && consumer.item.id
    ? `/interfaces?provider=${provider.item.id}&consumer=${consumer.item.id}`
    : null;

function Name({ party }: { party: MapParty }) {
  return party.item.id ? (
    <Link to={`/items/${party.item.id}`}>{party.item.name}</Link>
  ) : (
    <span className="muted">{party.item.name}</span>
  );
}

interface WayProps {
  way: MapWay;
  provider: MapParty;
  consumer: MapParty;
}

/** How many, and how they fare where one is wrong or none is known: never by colour alone. */
function Way({ way, provider, consumer }: WayProps) {
  const t = useT();
  const { all: n, worst } = way.fare;
  const address = between(provider, consumer);
  const passed = passing(way, t);
  const said = [
    t("interface.between", { provider: provider.item.name, consumer: consumer.item.name, n }),
    ...passed,
  ].join(" · ");
  const shown = (
    <>
      <b>{n}</b>
      <ConditionMark condition={worst} quiet />
      {passed.map((text) => (
        <small key={text} className="interface-passing" aria-hidden>
          {text}
        </small>
      ))}
      <span className="visually-hidden">{said}</span>
    </>
  );
  return address ? (
    <Link className="interface-way" to={address} title={said}>
      {shown}
    </Link>
  ) : (
    <span className="interface-way" title={said}>
      {shown}
    </span>
  );
}

interface Sides {
  providers: MapParty[];
  consumers: MapParty[];
  way: (provider: MapParty, consumer: MapParty) => MapWay | undefined;
}

/** Who provides or consumes most comes first. */
function sidesOf(map: InterfaceMap): Sides {
  const ways = new Map(map.ways.map((way) => [`${way.provider} ${way.consumer}`, way]));
  const side = (count: "provides" | "consumes"): MapParty[] =>
    map.parties.filter((party) => party[count] > 0).sort((a, b) => b[count] - a[count]);
  return {
    providers: side("provides"),
    consumers: side("consumes"),
    way: (provider, consumer) => ways.get(`${provider.number} ${consumer.number}`),
  };
}

function Matrix({ providers, consumers, way }: Sides) {
  const t = useT();
  return (
    <div
      className="interface-matrix card"
      tabIndex={0}
      role="region"
      aria-label={t("interface.map")}
    >
      <table>
        <thead>
          <tr>
            <th scope="col" className="interface-corner">
              {t("interface.provider")} ↓ / {t("interface.consumer")} →
            </th>
            {consumers.map((consumer) => (
              <th key={consumer.number} scope="col">
                <span className="interface-column" title={consumer.item.name}>
                  <Name party={consumer} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => (
            <tr key={provider.number}>
              <th scope="row">
                <Name party={provider} /> <small className="muted">{provider.provides}</small>
              </th>
              {consumers.map((consumer) => {
                const found = way(provider, consumer);
                return (
                  <td key={consumer.number}>
                    {found ? <Way way={found} provider={provider} consumer={consumer} /> : null}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** On the phone: provider by provider, who consumes what. */
function ByProvider({ providers, consumers, way }: Sides) {
  return providers.map((provider) => (
    <section key={provider.number} className="card interface-provider">
      <h2>
        <Name party={provider} /> <small className="muted">{provider.provides}</small>
      </h2>
      <ul>
        {consumers.map((consumer) => {
          const found = way(provider, consumer);
          return found ? (
            <li key={consumer.number}>
              <Name party={consumer} />
              <Way way={found} provider={provider} consumer={consumer} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  ));
}

/** “All are well” is said only of what is monitored. */
function Summary({ map }: { map: InterfaceMap }) {
  const t = useT();
  const { all, abnormal, unknown } = map.fare;
  const missing = [
    map.without_provider > 0 ? t("interface.withoutProvider", { n: map.without_provider }) : "",
    map.without_consumer > 0 ? t("interface.withoutConsumer", { n: map.without_consumer }) : "",
  ].filter(Boolean);
  return (
    <p className="interface-summary" role="status">
      <b>{t("interface.found", { n: all })}</b>
      {abnormal > 0 ? (
        <Link to="/interfaces?condition=down&condition=critical&condition=warning&condition=maintenance">
          {t("interface.wrong", { n: abnormal })}
        </Link>
      ) : all > unknown ? (
        <span>{t("interface.noneWrong")}</span>
      ) : null}
      {unknown > 0 ? <span>{t("interface.unmeasured", { n: unknown })}</span> : null}
      {map.unmeasured > 0 ? (
        <Link to="/interfaces?measured=no">
          {t("interface.uncountedSome", { n: map.unmeasured })}
        </Link>
      ) : null}
      {missing.length > 0 ? (
        <Link to="/interfaces?incomplete=true">{missing.join(" · ")}</Link>
      ) : null}
      {map.left_out > 0 ? <span>{t("interface.leftOut", { n: map.left_out })}</span> : null}
    </p>
  );
}

function Body({ map }: { map: InterfaceMap }) {
  const t = useT();
  const phone = usePhone();
  if (map.fare.all === 0)
    return <Empty title={t("interface.none")} hint={t("interface.noneHint")} />;
  const sides = sidesOf(map);
  return (
    <>
      <Summary map={map} />
      {map.ways.length === 0 ? null : phone ? (
        <ByProvider {...sides} />
      ) : (
        <>
          <p className="soft">{t("interface.mapHint")}</p>
          <Matrix {...sides} />
        </>
      )}
    </>
  );
}

export default function InterfaceMapPage() {
  const t = useT();
  const { data, error, refetch } = useGet("items", "/interface-map", {});
  return (
    <PageFrame
      ready={data !== undefined || error !== null}
      actions={
        <Link className="button" to="/interfaces">
          {t("interface.list")}
        </Link>
      }
    >
      {data ? (
        <Body map={data} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={6} />
      )}
    </PageFrame>
  );
}
