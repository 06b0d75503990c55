/** An item, or what a business system stands on, at two moments; the address keeps them. */
import { DatePicker } from "antd";
import dayjs from "dayjs";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Item, ItemCompared, SystemCompared, TypedRef } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { fullTime } from "@/language/format";
import { Empty, Failed, Waiting } from "@/parts/states";
import { Restricted } from "@/parts/value";
import { useFieldNames, useTold } from "./item-changes";
import "./care.css";

const DAY = 86_400_000;

/** Whole minutes, so that the same question stays the same while the page is open. */
function usual(back: number): string {
  return new Date(Math.floor(Date.now() / 60_000) * 60_000 - back).toISOString();
}

function useMoments() {
  const [params, setParams] = useSearchParams();
  const from = params.get("from") ?? usual(7 * DAY);
  const to = params.get("to");
  const set = (next: { from?: string; to?: string | null }): void => {
    const changed = new URLSearchParams(params);
    if (next.from) changed.set("from", next.from);
    if (next.to) changed.set("to", next.to);
    else if (next.to === null) changed.delete("to");
    setParams(changed, { replace: true });
  };
  return { from, to, set };
}

/** When the newest ticket about the item was opened. */
function useLastTicket(item: Item): string | undefined {
  const reach = item.roles.includes("system") ? { system: [item.id] } : { item: [item.id] };
  const query = { ...reach, sort: "-opened_at", limit: 1 };
  return useGet("tickets", "/tickets", { query }).data?.items[0]?.opened_at;
}

function Moments({ item }: { item: Item }) {
  const t = useT();
  const { from, to, set } = useMoments();
  const ticket = useLastTicket(item);
  const choices: [TextKey, string | undefined][] = [
    ["compare.yesterday", usual(DAY)],
    ["compare.week", usual(7 * DAY)],
    ["compare.month", usual(30 * DAY)],
    ["compare.ticket", ticket],
  ];
  return (
    <div className="moments">
      <DatePicker
        showTime
        allowClear={false}
        value={dayjs(from)}
        aria-label={t("compare.from")}
        onChange={(value) => {
          if (value) set({ from: value.toISOString() });
        }}
      />
      <span aria-hidden>→</span>
      <DatePicker
        showTime
        value={to ? dayjs(to) : null}
        placeholder={t("compare.now")}
        aria-label={t("compare.to")}
        onChange={(value) => {
          set({ to: value ? value.toISOString() : null });
        }}
      />
      <span className="moments-quick">
        {choices.map(([label, moment]) =>
          moment ? (
            <button
              key={label}
              type="button"
              className="button"
              data-moment={label}
              onClick={() => {
                set({ from: moment, to: null });
              }}
            >
              {t(label)}
            </button>
          ) : null,
        )}
      </span>
    </div>
  );
}

function Named({ of }: { of: TypedRef }) {
  return <Link to={`/items/${of.id}`}>{of.name}</Link>;
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <section className="panel compared">
      <h2>
        {title} <small className="muted">{count}</small>
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function Sides({ old, now }: { old: string; now: string }) {
  const t = useT();
  return (
    <span className="compared-sides">
      <span>
        <small className="muted">{t("item.before")}</small> {old}
      </span>
      <span>
        <small className="muted">{t("item.after")}</small> {now}
      </span>
    </span>
  );
}

function OfItem({ item, found }: { item: Item; found: ItemCompared }) {
  const t = useT();
  const named = useFieldNames(item);
  const told = useTold();
  const said = (details: unknown): string =>
    details === null
      ? t("compare.absent")
      : told({ name: t("compare.present"), ...(details as object) });
  const presence = ({ there, in_use }: ItemCompared["was"]): string =>
    t(there ? (in_use ? "compare.inUse" : "compare.outOfUse") : "compare.notThere");
  const moved = presence(found.was) !== presence(found.becomes);
  if (!moved && found.fields.length + found.relations.length === 0)
    return <Empty title={t("compare.same")} hint={t("compare.sameHint")} />;
  return (
    <>
      <Part title={t("compare.state")} count={moved ? 1 : 0}>
        <li>
          <Sides old={presence(found.was)} now={presence(found.becomes)} />
        </li>
      </Part>
      <Part title={t("compare.values")} count={found.fields.length}>
        {found.fields.map(({ field, old, new: now, restricted }) => (
          <li key={field} data-differs={field}>
            <b>{named(field)}</b>
            {restricted ? <Restricted /> : <Sides old={told(old)} now={told(now)} />}
          </li>
        ))}
      </Part>
      <Part title={t("item.relations")} count={found.relations.length}>
        {found.relations.map(({ kind, kind_label, outward, other, old, new: now }) => (
          <li key={`${kind} ${other.id} ${outward}`} data-differs={`relation.${kind}`}>
            <b>
              {kind_label} <Named of={other} />
            </b>
            <Sides old={said(old)} now={said(now)} />
          </li>
        ))}
      </Part>
    </>
  );
}

function OfSystem({ found }: { found: SystemCompared }) {
  const t = useT();
  const { joined, left, came, went, changed } = found;
  const all = joined.length + left.length + came.length + went.length + changed.length;
  const ways = (several: SystemCompared["came"]): ReactNode =>
    several.map(({ kind, source, target }) => (
      <li key={`${kind} ${source.id} ${target.id}`}>
        <Named of={source} /> → <Named of={target} />
      </li>
    ));
  const items = (several: TypedRef[]): ReactNode =>
    several.map((each) => (
      <li key={each.id} data-model={each.id}>
        <Named of={each} />
      </li>
    ));
  return (
    <>
      <h2 className="compared-title">{t("compare.model")}</h2>
      <p className="muted">{t("compare.parts", { before: found.before, after: found.after })}</p>
      {all === 0 ? <p>{t("compare.modelSame")}</p> : null}
      <Part title={t("compare.joined")} count={joined.length}>
        {items(joined)}
      </Part>
      <Part title={t("compare.left")} count={left.length}>
        {items(left)}
      </Part>
      <Part title={t("compare.came")} count={came.length}>
        {ways(came)}
      </Part>
      <Part title={t("compare.went")} count={went.length}>
        {ways(went)}
      </Part>
      <Part title={t("compare.changed")} count={changed.length}>
        {changed.map(({ item, changes }) => (
          <li key={item.id}>
            <Link to={`/items/${item.id}?tab=compare&from=${found.from}&to=${found.to}`}>
              {item.name}
            </Link>{" "}
            <span className="muted">{t("compare.changes", { n: changes })}</span>
          </li>
        ))}
      </Part>
    </>
  );
}

export function ItemCompare({ item }: { item: Item }) {
  const t = useT();
  const { from, to } = useMoments();
  const query = { from, ...(to ? { to } : {}) };
  const asked = { path: { item_id: item.id }, query };
  const own = useGet("items", "/items/{item_id}/compare", asked, { keep: true });
  const isSystem = item.roles.includes("system");
  const system = useGet("items", "/systems/{item_id}/compare", asked, {
    enabled: isSystem,
    keep: true,
  });
  const error = own.error ?? system.error;
  return (
    <>
      <Moments item={item} />
      {error ? <Failed problem={error} /> : null}
      {own.data?.known_since ? (
        <p className="card" role="note">
          {t("compare.knownSince", { time: fullTime(own.data.known_since) })}
        </p>
      ) : null}
      {own.data ? <OfItem item={item} found={own.data} /> : error ? null : <Waiting />}
      {isSystem && system.data ? <OfSystem found={system.data} /> : null}
    </>
  );
}
