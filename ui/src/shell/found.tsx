/** What one search found: asked as one types, and how a hit is shown wherever it is. */
import { useEffect, useState, type ReactNode } from "react";
import { useGet } from "@/api/queries";
import type { AnswerOf } from "@/api/paths";
import { useT, type TextKey } from "@/language";
import { Icon, type IconName } from "@/parts/icon";
import { Glyph, COLOURS, CONDITIONS } from "@/parts/marks";
import "./found.css";

export type Answered = AnswerOf<"/search">;
export type FoundGroup = Answered["groups"][number];
export type Hit = FoundGroup["items"][number];

/** What a search can be narrowed to. */
export const SCOPES = {
  items: "find.items",
  people: "find.people",
  tickets: "find.tickets",
  documents: "find.documents",
  definitions: "find.definitions",
} as const satisfies Record<string, TextKey>;
export type Scope = keyof typeof SCOPES;

export const scopeOf = (text: string | null): Scope | undefined =>
  (Object.keys(SCOPES) as Scope[]).find((scope) => scope === text);

/** Where things are shown, and the list of them; by group. */
const PLACES: Record<string, { at: string; list: string; icon: IconName }> = {
  items: { at: "/items/", list: "/items", icon: "items" },
  people: { at: "/items/", list: "/items", icon: "people" },
  tickets: { at: "/tickets/", list: "/tickets", icon: "tickets" },
  accounts: { at: "/people/", list: "/people", icon: "people" },
  documents: { at: "/items/", list: "/search", icon: "document" },
  definitions: { at: "/definitions/", list: "/definitions", icon: "definitions" },
};

export const addressOf = (group: FoundGroup, hit: Hit): string =>
  `${PLACES[group.name]?.at ?? "/items/"}${hit.id}`;

export const listOf = (group: FoundGroup, q: string): string =>
  group.name === "documents"
    ? pageOf(q, group.scope)
    : `${PLACES[group.name]?.list ?? "/items"}?${new URLSearchParams({ q }).toString()}`;

export const pageOf = (q: string, scope = ""): string =>
  `/search?${new URLSearchParams({ ...(q ? { q } : {}), ...(scope ? { scope } : {}) }).toString()}`;

export function useLate(value: string, ms: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setLate(value);
    }, ms);
    return () => {
      window.clearTimeout(timer);
    };
  }, [value, ms]);
  return late;
}

/** Asked once the typing pauses; what was found last stays until then. */
export function useFound(typed: string, scope: Scope | undefined, limit: number) {
  const q = useLate(typed.trim(), 140);
  const query = { q, limit, ...(scope ? { scope } : {}) };
  return useGet("items", "/search", { query }, { enabled: q.length > 0, keep: true });
}

/** How many of a group are not among those shown; nothing where all are. */
export function useMore(): (group: FoundGroup) => string {
  const t = useT();
  return (group) => {
    const shown = group.items.filter(({ match }) => match !== "alike").length;
    const n = group.total - shown;
    if (n <= 0) return "";
    return t(group.more ? "find.moreThan" : "find.more", { n });
  };
}

function Sign({ group, hit }: { group: FoundGroup; hit: Hit }) {
  const signs: Record<string, typeof COLOURS.none | undefined> =
    group.name === "tickets" ? COLOURS : CONDITIONS;
  const sign = hit.mark ? signs[hit.mark] : undefined;
  if (sign) return <Glyph shape={sign.shape} tone={sign.tone} />;
  return <Icon name={PLACES[group.name]?.icon ?? "items"} size={16} />;
}

/** Why it was found, where its name does not show that. */
export function useReason(): (hit: Hit) => string {
  const t = useT();
  return (hit) => {
    if (hit.match === "alike") return t("find.alike");
    if (hit.match === "sound") return t("find.heard", { by: hit.by });
    if (hit.by_label) return t("find.matched", { label: hit.by_label, by: hit.by });
    return hit.by;
  };
}

export function HitLine({ group, hit }: { group: FoundGroup; hit: Hit }): ReactNode {
  const why = useReason()(hit);
  return (
    <>
      <Sign group={group} hit={hit} />
      <span className="hit-name">
        <span className="clip">{hit.name}</span>
        {why ? (
          <small className="muted clip" data-match={hit.match}>
            {why}
          </small>
        ) : null}
      </span>
      <span className="muted nowrap">{hit.note}</span>
    </>
  );
}
