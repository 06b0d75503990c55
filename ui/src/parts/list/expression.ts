/** What fits at a place of an expression: names, then operators, then values, then “and”. */

export interface Word {
  value: string;
  label: string;
}

export interface Name extends Word {
  /** Its values, where all are known. */
  values?: readonly Word[];
  kind: "text" | "number" | "boolean" | "date" | "reference";
  /** It leads to other things, which have names of their own. */
  leads?: boolean;
}

export interface Vocabulary {
  names: readonly Name[];
}

export interface Offer {
  /** What is replaced: from one character to another. */
  from: number;
  to: number;
  words: Word[];
}

interface Token {
  text: string;
  kind: "word" | "text" | "sign";
  from: number;
  to: number;
}

const TOKEN =
  /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\p{L}_][\p{L}\p{N}_.-]*|\d[\d.]*|[=!<>]=?|[^\s]/gu;
const COMPARING = new Set(["=", "==", "!=", "<", "<=", ">", ">=", "in"]);
const JOINING = new Set(["and", "or", "not", "("]);
const FUNCTIONS = ["contains", "starts_with", "is_set", "days_since", "days_until", "len"];
const MOST = 40;

function tokens(text: string): Token[] {
  return [...text.matchAll(TOKEN)].map((found) => {
    const [word] = found;
    const kind = /^["']/.test(word) ? "text" : /^[\p{L}\p{N}_]/u.test(word) ? "word" : "sign";
    return { text: word, kind, from: found.index, to: found.index + word.length };
  });
}

const closed = ({ text }: Token): boolean => text.length > 1 && text.endsWith(text.charAt(0));
const plain = (words: readonly string[]): Word[] => words.map((value) => ({ value, label: "" }));

const OPERATORS: Readonly<Record<Name["kind"], readonly string[]>> = {
  text: ["=", "!=", "in"],
  reference: ["=", "!=", "in"],
  boolean: ["=", "!="],
  number: [">=", "<=", "=", "!=", ">", "<"],
  date: [">=", "<=", "=", "!="],
};

/** A name by its path: what a reference leads to has the same names. */
function named(vocabulary: Vocabulary, path: string): Name | undefined {
  const last = path.slice(path.lastIndexOf(".") + 1);
  return vocabulary.names.find(({ value }) => value === last);
}

function namesAt(vocabulary: Vocabulary, typed: string): Word[] {
  const way = typed.slice(0, typed.lastIndexOf(".") + 1);
  const offered = vocabulary.names.flatMap(({ value, label, leads }) =>
    [value, ...(leads ? [`${value}.`] : [])].map((name) => ({ value: way + name, label })),
  );
  return way
    ? offered
    : [...offered, ...plain(FUNCTIONS.map((name) => `${name}(`)), ...plain(["not"])];
}

/** A value as it is written: bare where it is one word, else within quotes. */
const written = (value: string): string =>
  /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(value) ? value : JSON.stringify(value);

function valuesOf(name: Name | undefined): Word[] {
  if (name?.kind === "boolean") return plain(["true", "false"]);
  return (name?.values ?? []).map(({ value, label }) => ({ value: written(value), label }));
}

/** The name that is compared where the words before end with an operator, or a list behind one. */
function compared(before: readonly Token[]): string | null {
  let place = before.length - 1;
  while (place >= 0 && /^[,[]$|^["'\p{L}\p{N}]/u.test(before[place]?.text ?? "")) {
    if (before[place]?.text === "[") break;
    if (COMPARING.has(before[place]?.text ?? "")) break;
    place -= 1;
  }
  const inList = before[place]?.text === "[";
  if (inList) place -= 1;
  else if (place !== before.length - 1) return null;
  if (!COMPARING.has(before[place]?.text ?? "")) return null;
  const name = before[place - 1];
  return name?.kind === "word" && name.text !== "not"
    ? name.text
    : (before[place - 2]?.text ?? null);
}

function fitting(vocabulary: Vocabulary, before: readonly Token[], typed: string): Word[] {
  const last = before.at(-1);
  if (!last || JOINING.has(last.text)) return namesAt(vocabulary, typed);
  const name = compared(before);
  if (name !== null) return valuesOf(named(vocabulary, name));
  const asked = last.kind === "word" ? named(vocabulary, last.text) : undefined;
  const behind = before.at(-2)?.text ?? "";
  if (asked && !COMPARING.has(behind)) return plain(OPERATORS[asked.kind]);
  return last.kind === "sign" && last.text !== ")" && last.text !== "]" ? [] : plain(["and", "or"]);
}

/** What may stand at the caret, the word that is being typed narrowing it. */
export function offer(vocabulary: Vocabulary, text: string, caret: number): Offer {
  const before = tokens(text.slice(0, caret));
  const last = before.at(-1);
  const typing =
    last !== undefined &&
    last.to === caret &&
    last.kind !== "sign" &&
    !(last.kind === "text" && closed(last));
  const typed = typing ? last.text : "";
  const words = fitting(vocabulary, typing ? before.slice(0, -1) : before, typed);
  const wanted = typed.replace(/^["']/, "").toLowerCase();
  const start = (word: Word): number => (word.value.toLowerCase().startsWith(wanted) ? 0 : 1);
  const found = words
    .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
    .sort((first, second) => start(first) - start(second));
  const only = found.length === 1 && found[0]?.value === typed;
  return { from: typing ? last.from : caret, to: caret, words: only ? [] : found.slice(0, MOST) };
}

/** The text with an offered word in its place, and where one types on. */
export function taken(
  text: string,
  { from, to }: Offer,
  word: string,
): { text: string; caret: number } {
  const space = word.endsWith("(") || word.endsWith(".") ? "" : " ";
  const lead = from > 0 && !/[\s([]$/.test(text.slice(0, from)) ? " " : "";
  const head = `${text.slice(0, from)}${lead}${word}${space}`;
  return { text: head + text.slice(to).replace(/^\s+/, ""), caret: head.length };
}
