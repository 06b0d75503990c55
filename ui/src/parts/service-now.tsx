/** What the failures of now do to a business system: its state, their causes, what is left of it. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Item, NamedItems, ServiceNow } from "@/api/types";
import { useT, type Translate } from "@/language";
import { shortTime } from "@/language/format";
import { Glyph, ItemCondition, ServiceMark, SERVICES } from "./marks";
import "./service-now.css";

const FEW = 2;

export type Felt = "down" | "standby" | "degraded";
const feltOf = new WeakMap<object, ReadonlyMap<string, Felt>>();
const isFelt = (state: string): state is Felt => state !== "up" && state !== "unknown";

const NONE: ReadonlyMap<string, Felt> = new Map();

/** How items suffer from others that failed; nothing of those that do not, or failed themselves. */
export function useFelt(): (id: string | null) => Felt | null {
  const { data } = useGet("board", "/impact/state");
  let known = data ? feltOf.get(data) : NONE;
  if (!known && data) {
    known = new Map(
      data.items.flatMap(({ id, state, failed }) =>
        failed || !isFelt(state) ? [] : [[id, state] as const],
      ),
    );
    feltOf.set(data, known);
  }
  return (id) => (id === null ? null : (known?.get(id) ?? null));
}

/** Of a system its state; of anything else that it suffers from others. */
export function FeltMark({ state, service }: { state: Felt; service: boolean }) {
  const t = useT();
  return (
    <span className={`mark mark-quiet tone-${SERVICES[state].tone}`} data-felt={state}>
      <Glyph shape={SERVICES[state].shape} size="0.85em" />
      <span>{t(service ? `service.${state}` : `service.affected.${state}`)}</span>
    </span>
  );
}

/** Names as far as there is room, and that there are more; nothing is left out in silence. */
function inShort(t: Translate, { items, more, hidden }: NamedItems): string {
  const names = items.slice(0, FEW).map(({ name }) => name);
  const rest = items.length - names.length + more;
  if (rest > 0) names.push(t("service.more", { n: rest }));
  if (hidden.length > 0) names.push(t("service.restricted", { layers: hidden.join("、") }));
  return names.join("、");
}

const some = ({ items, hidden }: NamedItems): boolean => items.length + hidden.length > 0;

/** On a tile: why it is so, and that one more failure stops it. */
export function WhyNow({ now }: { now: ServiceNow }) {
  const t = useT();
  if (now.state === "up" || now.state === "unknown") return null;
  return (
    <small className="service-why">
      {some(now.causes) ? (
        <span>{t("service.because", { names: inShort(t, now.causes) })}</span>
      ) : null}
      {some(now.unprotected) ? <b>{t("service.oneMore")}</b> : null}
      {now.switch_minutes === null ? null : <b>{t("service.switch", { n: now.switch_minutes })}</b>}
    </small>
  );
}

function Names({ title, named }: { title: string; named: NamedItems }) {
  const t = useT();
  if (!some(named)) return null;
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {named.items.map((item) => (
          <Link key={item.id} to={`/items/${item.id}`}>
            {item.name}
          </Link>
        ))}
        {named.more > 0 ? <span>{t("service.more", { n: named.more })}</span> : null}
        {named.hidden.length > 0 ? (
          <span className="soft">
            {t("service.restricted", { layers: named.hidden.join("、") })}
          </span>
        ) : null}
      </dd>
    </div>
  );
}

const useService = (id: string) =>
  useGet("board", "/impact/services/{item_id}", { path: { item_id: id } });

/** Beside its name: as the card below says it, and as it is measured until that is known. */
export function ServiceLead({ item }: { item: Item }) {
  const { data } = useService(item.id);
  return data ? <ServiceMark item={item} now={data} /> : <ItemCondition item={item} />;
}

/** On the system's own pages: the same, with every name, and of when it is. */
export function ServiceCard({ id }: { id: string }) {
  const t = useT();
  const { data } = useService(id);
  if (!data) return null;
  return (
    <section className={`card service-card service-${data.state}`} data-service={data.state}>
      <h2>
        <Glyph {...SERVICES[data.state]} /> {t(`service.${data.state}`)}
        <span className="spring" />
        <small className="soft">{t("service.asOf", { time: shortTime(data.as_of) })}</small>
      </h2>
      <p className="soft">{t(`service.${data.state}Hint`)}</p>
      {data.switch_minutes === null ? null : (
        <p>{t("service.switch", { n: data.switch_minutes })}</p>
      )}
      <dl className="service-names">
        <Names title={t("service.causes")} named={data.causes} />
        <Names title={t("service.unprotected")} named={data.unprotected} />
      </dl>
    </section>
  );
}
