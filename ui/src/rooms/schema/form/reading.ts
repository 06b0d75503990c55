/**
 * Reads the text of one definition as the server does, or says at which line it cannot be shown in
 * a form and why. Whatever is typed ends in one of the two.
 */
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Alias,
  type CST,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import { isWhole, READING, UNWRITABLE } from "./scalars";

/** As deep as the server reads. */
const MOST_DEPTH = 60;
/** More than a form shows; aliases count as often as they are used. */
const MOST_VALUES = 50_000;
const MOST_LETTERS = 300_000;

export type Why =
  | "yaml"
  | "tab"
  | "alias"
  | "twice"
  | "key"
  | "tag"
  | "deep"
  | "large"
  | "letter"
  | "documents"
  | "whole";

/** Why a text cannot be shown in a form, and where; counted from 1. */
export interface Unshown {
  line: number;
  column: number;
  why: Why;
  /** The word it is about. */
  word: string;
}

export type Parsed = Document.Parsed;

/** An alias and what it stands for. */
export interface Use {
  alias: Alias;
  target: Node;
  data: unknown;
}

interface Read {
  document: Parsed;
  data: unknown;
  uses: readonly Use[];
  lines: LineCounter;
}

export type Reading =
  (Read & { mistake: null }) | { data: undefined; mistake: Unshown; document?: undefined };

/** The text is left as it is, and told about. */
class Stop extends Error {
  constructor(
    readonly at: number,
    readonly why: Why,
    readonly word = "",
  ) {
    super(why);
  }
}

/** Any value that a text says, or why there is none. */
export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  try {
    const document = parsed(text, lines);
    const builder = new Builder();
    const { data } = builder.value(document.contents, 0);
    return { document, data, uses: builder.uses, lines, mistake: null };
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    const before = text.slice(0, stop.at);
    const line = before.split("\n").length;
    const column = stop.at - before.lastIndexOf("\n");
    return { data: undefined, mistake: { line, column, why: stop.why, word: stop.word } };
  }
}

/** A definition: its text says a mapping, or nothing yet. */
export function readDefinition(text: string): Reading {
  const reading = readYaml(text);
  const { document, data } = reading;
  if (document === undefined || data === null || isMap(document.contents)) return reading;
  const { line, col } = reading.lines.linePos(document.contents?.range[0] ?? 0);
  return { data: undefined, mistake: { line, column: col, why: "whole", word: "" } };
}

function parsed(text: string, lines: LineCounter): Parsed {
  if (text.length > MOST_LETTERS) throw new Stop(0, "large");
  const letter = text.replace(/^\ufeff/, " ").search(UNWRITABLE);
  if (letter >= 0) {
    const code = (text.codePointAt(letter) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    throw new Stop(letter, "letter", `U+${code}`);
  }
  const composer = new Composer<Node & Parsed["contents"]>({ schema: READING, uniqueKeys: false });
  const [document, second] = [...composer.compose(tokens(text, lines), true, text.length)];
  const [error] = document?.errors ?? [];
  if (error) throw new Stop(error.pos[0], error.code === "TAB_AS_INDENT" ? "tab" : "yaml");
  if (second) throw new Stop(second.contents?.range?.[0] ?? second.range[0], "documents");
  return document as Parsed;
}

/** The parts of a text, as long as it is not too deep for what follows. */
function* tokens(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    const { stack } = parser;
    // The document itself and a scalar stand there too.
    if (stack.length > MOST_DEPTH + 2) throw new Stop(parser.offset, "deep");
  }
  yield* parser.end();
}

interface Value {
  data: unknown;
  /** Values in it, itself included. */
  size: number;
  /** Levels below it. */
  height: number;
}

class Builder {
  readonly uses: Use[] = [];
  /** What an anchor stands for; nothing while it is not finished. */
  private readonly anchors = new Map<string, { target: Node; value: Value | null }>();

  value(node: Node | null, depth: number): Value {
    if (node === null) return { data: null, size: 1, height: 0 };
    if (isAlias(node)) return this.alias(node, depth);
    const { tag, anchor } = node as { tag?: string; anchor?: string };
    const at = node.range?.[0] ?? 0;
    if (tag !== undefined && tag !== "!") throw new Stop(at, "tag", tag);
    if (anchor) this.anchors.set(anchor, { target: node, value: null });
    const value = this.inside(node, depth);
    if (anchor) this.anchors.set(anchor, { target: node, value });
    if (value.size > MOST_VALUES) throw new Stop(at, "large");
    return value;
  }

  private inside(node: Node, depth: number): Value {
    if (isScalar(node)) return { data: node.value, size: 1, height: 0 };
    if (depth >= MOST_DEPTH) throw new Stop(node.range?.[0] ?? 0, "deep");
    if (isMap(node)) return this.mapping(node.items as Pair<Node, Node | null>[], depth);
    const whole: Value = { data: [], size: 1, height: 0 };
    const list = whole.data as unknown[];
    for (const item of isSeq(node) ? (node.items as Node[]) : []) {
      list.push(this.within(whole, item, depth));
    }
    return whole;
  }

  private mapping(pairs: readonly Pair<Node, Node | null>[], depth: number): Value {
    const whole: Value = { data: {}, size: 1, height: 0 };
    const entries = new Map<string, unknown>();
    for (const pair of pairs) {
      const name = this.name(pair.key, depth);
      if (entries.has(name)) throw new Stop(pair.key.range?.[0] ?? 0, "twice", name);
      entries.set(name, this.within(whole, pair.value, depth));
    }
    whole.data = Object.fromEntries(entries);
    return whole;
  }

  private within(whole: Value, node: Node | null, depth: number): unknown {
    const { data, size, height } = this.value(node, depth + 1);
    whole.size += size;
    whole.height = Math.max(whole.height, height + 1);
    return data;
  }

  /** A key as the server knows it; what it would read in its own way is not guessed at. */
  private name(key: Node, depth: number): string {
    const { data } = this.value(key, depth + 1);
    if (typeof data === "string") return data;
    const source = isScalar(key) ? (key.source ?? "") : "";
    if (isWhole(source)) return String(data);
    throw new Stop(key.range?.[0] ?? 0, "key", source);
  }

  private alias(alias: Alias, depth: number): Value {
    const at = alias.range?.[0] ?? 0;
    const anchor = this.anchors.get(alias.source);
    if (!anchor?.value) throw new Stop(at, "alias", `*${alias.source}`);
    if (depth + anchor.value.height > MOST_DEPTH) throw new Stop(at, "deep");
    this.uses.push({ alias, target: anchor.target, data: anchor.value.data });
    return anchor.value;
  }
}
