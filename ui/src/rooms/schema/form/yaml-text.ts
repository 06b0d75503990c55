/**
 * Changes one place of a YAML text and leaves every other character of it, remarks too, as it is.
 * Where that fails (a place that is an alias of another) the text is written anew, without its
 * remarks, so that the result always says what was asked for.
 */
import {
  Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { put, same, take, type Path, type Step } from "./values";

export interface Reading {
  data: unknown;
  /** The first reason why the text is no YAML, and its line, counted from 1. */
  mistake: { line: number; message: string } | null;
}

export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    return { data: undefined, mistake: { line, message: error.message } };
  }
  return { data: document.toJS() as unknown, mistake: null };
}

/** The text with `value` at `path`; what is missing on the way is made. */
export const withValue = (text: string, path: Path, value: unknown): string =>
  changed(
    text,
    (data) => put(data, path, value),
    (document) => putIn(document, text, path, value),
  );

/** The text without what is at `path`. */
export const without = (text: string, path: Path): string =>
  changed(
    text,
    (data) => take(data, path),
    (document) => takeFrom(document, text, path),
  );

/** The text with the entry `at` of the list at `path` one place further up. */
export function movedUp(text: string, path: Path, at: number): string {
  const moved = (data: unknown): unknown => put(data, path, swapped(valueAt(data, path), at));
  return changed(text, moved, (document) => swapIn(document, text, path, at));
}

/** A list whose entry `at` stands before its neighbour. */
function swapped(value: unknown, at: number): unknown[] {
  const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
  list.splice(at - 1, 2, list[at], list[at - 1]);
  return list;
}

/** The text with another name for the key that ends `path`. */
export function withKey(text: string, path: Path, name: string): string {
  const parent = path.slice(0, -1);
  const renamed = (data: unknown): unknown => {
    const before = valueAt(data, parent) as Record<string, unknown>;
    const entries = Object.entries(before).map(([key, value]) => [
      key === path.at(-1) ? name : key,
      value,
    ]);
    return put(data, parent, Object.fromEntries(entries));
  };
  return changed(text, renamed, (document) => {
    const key = keyIn(document, path);
    return key ? splice(text, key.range, flowText(name)) : null;
  });
}

export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null
        ? (value as Record<Step, unknown>)[step]
        : undefined,
    data,
  );
}

type Parsed = Document.Parsed;
type Range = readonly [number, number, ...number[]] | null | undefined;

function changed(
  text: string,
  wanted: (data: unknown) => unknown,
  cut: (document: Parsed) => string | null,
): string {
  const document = parseDocument(text);
  const expected = wanted(document.toJS());
  const exact = cut(document);
  if (exact !== null && same(readYaml(exact).data, expected)) return exact;
  return anew(document, expected);
}

/** The whole text written anew: its remarks are lost, what it says is not. */
function anew(document: Parsed, expected: unknown): string {
  document.contents = document.createNode(expected) as Parsed["contents"];
  return document.toString(STYLE);
}

// Writing ---------------------------------------------------------------------------------------

const STYLE = { lineWidth: 0, flowCollectionPadding: false, indentSeq: true } as const;
const LONGEST_LINE = 90;

/** A value on one line, as it stands in the place of a value. */
export const valueText = (value: unknown): string => (value === null ? "null" : flowText(value));

/** A value as it stands between brackets. */
function flowText(value: unknown): string {
  const document = new Document([value]);
  visit(document, {
    Collection: (_key, node) => {
      node.flow = true;
    },
  });
  return document.toString(STYLE).trimEnd().slice(1, -1);
}

/** A mapping or list in lines of its own, short collections of plain values in brackets. */
function blockText(value: object, column: number): string {
  const document = new Document(value);
  visit(document, {
    Collection: (_key, node) => {
      const plain = node.items.every((item) =>
        isScalar(item) ? true : isScalar((item as Pair).value ?? null),
      );
      const flat = plain && !String(JSON.stringify(node)).includes("\\n");
      if (node !== document.contents) {
        node.flow = flat && flowText(node.toJSON()).length + column < LONGEST_LINE;
      }
    },
  });
  const lines = document.toString(STYLE).trimEnd().split("\n");
  return lines.map((line, at) => (at === 0 || line === "" ? line : pad(column) + line)).join("\n");
}

const pad = (column: number): string => " ".repeat(column);
const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
const columnOf = (text: string, at: number): number => at - lineStart(text, at);
const splice = (text: string, range: Range, by: string): string | null =>
  range ? text.slice(0, range[0]) + by + text.slice(range[1]) : null;

/** Where what ends before `at` ends: blank space at its end is not part of it. */
const trimmed = (text: string, at: number): number => text.slice(0, at).trimEnd().length;
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

// Finding ---------------------------------------------------------------------------------------

type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

const nodeAt = (document: Parsed, path: Path): Node | undefined =>
  (path.length === 0 ? document.contents : document.getIn(path, true)) as Node | undefined;

const pairOf = (map: YAMLMap.Parsed, key: Step): Pair<Node, Node | null> | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));

function keyIn(document: Parsed, path: Path): Node | undefined {
  const parent = nodeAt(document, path.slice(0, -1));
  return isMap(parent) ? pairOf(parent as YAMLMap.Parsed, path.at(-1) as Step)?.key : undefined;
}

interface Entry {
  /** From its key or dash to the end of its value, remarks behind it aside. */
  start: number;
  end: number;
}

/** The entries of a collection that is written in lines, in their order. */
function entriesOf(text: string, collection: Collection): Entry[] {
  if (isMap(collection)) {
    return collection.items.map(({ key, value }) => {
      const start = key.range[0];
      const colon = text.indexOf(":", key.range[1]) + 1;
      const end = value?.range && value.range[1] > colon ? trimmed(text, value.range[1]) : colon;
      return { start, end };
    });
  }
  return collection.items.map((item) => {
    const [from, to] = item.range;
    const start = text.lastIndexOf("-", from - 1);
    return { start, end: Math.max(trimmed(text, to), start + 1) };
  });
}

const placeOf = (collection: Collection, step: Step): number =>
  isMap(collection)
    ? collection.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(step))
    : typeof step === "number" && step < collection.items.length
      ? step
      : -1;

// Changing --------------------------------------------------------------------------------------

const single = (collection: Collection, step: Step, value: unknown): object =>
  isMap(collection) ? { [step]: value } : [value];

function putIn(document: Parsed, text: string, path: Path, value: unknown): string | null {
  const step = path.at(-1);
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(document, parentPath);
  if (step === undefined) return null;
  if (!isCollection(parent) || parent.items.length === 0) {
    const whole = typeof step === "number" ? [value] : { [step]: value };
    return parentPath.length > 0
      ? putIn(document, text, parentPath, whole)
      : `${text.trim() === "" ? "" : `${text.trimEnd()}\n`}${blockText(whole, 0)}\n`;
  }
  const collection = parent as Collection;
  if (collection.flow) {
    return splice(text, collection.range, flowText(put(collection.toJSON(), [step], value)));
  }
  const entries = entriesOf(text, collection);
  const entry = entries[placeOf(collection, step)];
  const first = entries[0] as Entry;
  const column = columnOf(text, first.start);
  const written = blockText(single(collection, step, value), column);
  if (entry) return splice(text, [entry.start, entry.end], written);
  const end = lineEnd(text, (entries.at(-1) as Entry).end);
  return splice(text, [end, end], `\n${pad(column)}${written}`);
}

function takeFrom(document: Parsed, text: string, path: Path): string | null {
  const step = path.at(-1);
  const parent = nodeAt(document, path.slice(0, -1));
  if (step === undefined || !isCollection(parent)) return null;
  const collection = parent as Collection;
  if (collection.flow) {
    return splice(text, collection.range, flowText(take(collection.toJSON(), [step])));
  }
  if (collection.items.length === 1) {
    const empty = isMap(collection) ? {} : [];
    return path.length > 1 ? putIn(document, text, path.slice(0, -1), empty) : null;
  }
  const entries = entriesOf(text, collection);
  const at = placeOf(collection, step);
  const entry = entries[at];
  if (!entry) return text;
  const begins = lineStart(text, entry.start);
  if (text.slice(begins, entry.start).trim() === "") {
    return splice(text, [begins, lineEnd(text, entry.end) + 1], "");
  }
  const next = entries[at + 1];
  return next ? splice(text, [entry.start, next.start], "") : null;
}

function swapIn(document: Parsed, text: string, path: Path, at: number): string | null {
  const list = nodeAt(document, path);
  if (!isSeq(list)) return null;
  const collection = list as YAMLSeq.Parsed;
  if (collection.flow) {
    return splice(text, collection.range, flowText(swapped(collection.toJSON(), at)));
  }
  const entries = entriesOf(text, collection);
  const [upper, lower] = [entries[at - 1], entries[at]];
  if (!upper || !lower) return text;
  const end = { upper: lineEnd(text, upper.end), lower: lineEnd(text, lower.end) };
  return (
    text.slice(0, upper.start) +
    text.slice(lower.start, end.lower) +
    text.slice(end.upper, lower.start) +
    text.slice(upper.start, end.upper) +
    text.slice(end.lower)
  );
}
