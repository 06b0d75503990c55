/** The tree of a formula as it is edited: gates, and what stands in them, by the way to each. */
import type { FormulaRelated, FormulaTerm, FormulaTermBody } from "@/api/types";

export type Way = readonly number[];
export type Word = NonNullable<FormulaTerm["word"]>;
export const WORDS: readonly Word[] = ["and", "or", "of", "hot"];

export function itemTerm({ id, name }: Pick<FormulaRelated, "id" | "name">): FormulaTerm {
  return {
    id,
    name,
    hidden: false,
    standing: "needed",
    word: null,
    need: 0,
    minutes: null,
    parts: [],
  };
}

function gate(word: Word, parts: readonly FormulaTerm[]): FormulaTerm {
  const first = parts[0];
  return {
    id: null,
    name: "",
    hidden: false,
    standing: null,
    word,
    need: word === "of" ? Math.max(1, parts.length - 1) : 0,
    minutes: first && parts.length === 1 ? first.minutes : null,
    parts: [...parts],
  };
}

/** As the server takes it. */
export function bodyOf(term: FormulaTerm): FormulaTermBody {
  return {
    item: term.word ? null : term.id,
    word: term.word,
    need: term.need,
    minutes: term.minutes,
    parts: term.parts.map(bodyOf),
  };
}

/** The same with another term there; `null` takes it out, and a gate of one part is that part. */
export function put(term: FormulaTerm, way: Way, next: FormulaTerm | null): FormulaTerm | null {
  const [place, ...rest] = way;
  if (place === undefined) return next;
  const inside = term.parts[place];
  if (inside === undefined) return term;
  const changed = put(inside, rest, next);
  const parts = term.parts.flatMap((part, at) => {
    if (at !== place) return [part];
    return changed ? [changed] : [];
  });
  return tidy({ ...term, parts });
}

function tidy(term: FormulaTerm): FormulaTerm | null {
  if (!term.word) return term;
  const [first] = term.parts;
  if (first === undefined) return null;
  if (term.parts.length === 1) return { ...first, minutes: term.minutes };
  return { ...term, need: term.word === "of" ? Math.min(term.need, term.parts.length) : 0 };
}

/** A gate with another word; who no longer has standbys has no minutes of switching. */
export function worded(term: FormulaTerm, word: Word): FormulaTerm {
  const standbys = word === "hot" || word === "of";
  const parts = standbys ? term.parts : term.parts.map((part) => ({ ...part, minutes: null }));
  return { ...gate(word, parts), minutes: term.minutes };
}

/** The chosen parts of a gate as a gate of their own, in the place of the first. */
export function grouped(term: FormulaTerm, chosen: ReadonlySet<number>, word: Word): FormulaTerm {
  const bare = (part: FormulaTerm): FormulaTerm => ({ ...part, minutes: null });
  const own = term.parts.filter((_part, at) => chosen.has(at)).map(bare);
  if (own.length < 2) return term;
  if (own.length === term.parts.length) return worded(term, word);
  const first = Math.min(...chosen);
  const parts = term.parts.flatMap((part, at) => {
    if (at === first) return [gate(word, own)];
    return chosen.has(at) ? [] : [part];
  });
  return { ...term, parts, need: Math.min(term.need, parts.length) };
}

/** What is there, and this besides. */
export function also(term: FormulaTerm | null, more: FormulaTerm): FormulaTerm {
  if (!term) return more;
  if (term.word === "and") return { ...term, parts: [...term.parts, more] };
  return gate("and", [{ ...term, minutes: null }, more]);
}

/** Every item that it names. */
export function named(term: FormulaTerm | null): ReadonlySet<string> {
  if (!term) return new Set();
  return new Set([
    ...(term.id ? [term.id] : []),
    ...term.parts.flatMap((part) => [...named(part)]),
  ]);
}
