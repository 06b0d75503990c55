/**
 * Changes one place of a YAML text and leaves every other character of it, remarks too, as it is.
 * What stands behind an
 * anchor that is used elsewhere moves to where it is used. Where a change at the place itself fails
 * (a place that is an alias of another) what is around it is written anew, at last the whole text,
 * so that the result always says what was asked for.
 */
import { Document, isCollection, isMap, isScalar, isSeq, visit, type Node } from "yaml";
import type { YAMLSeq } from "yaml";
import {
  columnOf,
  entriesOf,
  keyIn,
  lineEnd,
  lineStart,
  nodeAt,
  pad,
  placeOf,
  splice,
  type Collection,
  type Entry,
} from "./places";
import { readYaml, type Parsed, type Use } from "./reading";
import { blockText, CREATED, flowText, STYLE } from "./written";
import { put, same, take, type Path, type Step } from "./values";

/** The text with `value` at `path`; what is missing on the way is made. */
export const withValue = (text: string, path: Path, value: unknown): string =>
  changed(
    text,
    path,
    (data) => put(data, path, value),
    (given) => putIn(given, path, value),
  );

/** The text without what is at `path`. */
export const without = (text: string, path: Path): string =>
  changed(
    text,
    path,
    (data) => take(data, path),
    (given) => takeFrom(given, path),
  );

/** The text with the entry `at` of the list at `path` one place further up. */
export function movedUp(text: string, path: Path, at: number): string {
  const moved = (data: unknown): unknown => put(data, path, swapped(valueAt(data, path), at));
  return changed(text, path, moved, (given) => swapIn(given, path, at));
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
  return changed(text, path, renamed, (given) => {
    const key = keyIn(given.document, path);
    return key ? splice(given.text, key.range, flowText(name)) : null;
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

/** A text that can be read, and what it says. */
interface Given {
  text: string;
  document: Parsed;
  data: unknown;
  uses: readonly Use[];
}

function given(text: string): Given | null {
  const reading = readYaml(text);
  return reading.mistake === null ? { ...reading, text } : null;
}

/** Tries the change at its place, then at each place around it, and takes what says the same. */
function changed(
  text: string,
  path: Path,
  wanted: (data: unknown) => unknown,
  cut: (given: Given) => string | null,
): string {
  const before = given(text);
  if (before === null) return text;
  const expected = wanted(before.data);
  const says = (result: string | null): result is string => {
    const now = result === null ? null : given(result);
    return now !== null && same(now.data, expected);
  };
  for (const result of attempts(before, path, expected, cut)) if (says(result)) return result;
  return anew(before.document, expected);
}

function* attempts(
  before: Given,
  path: Path,
  expected: unknown,
  cut: (given: Given) => string | null,
): Generator<string | null> {
  yield cut(before);
  const free = freed(before, path);
  if (free) yield cut(free);
  for (let length = path.length - 1; length > 0; length -= 1) {
    const around = path.slice(0, length);
    yield putIn(freed(before, around) ?? before, around, valueAt(expected, around));
  }
}

/** The text in which no alias outside of `path` leans on what stands there. */
function freed({ text, document, uses }: Given, path: Path): Given | null {
  const node = path.length === 0 ? undefined : nodeAt(document, path);
  if (!node) return null;
  const inside = new Set<unknown>();
  visit(node, { Node: (_key, each) => void inside.add(each) });
  const moved = new Set<Node>();
  let result = text;
  const outside = uses.filter(({ alias, target }) => inside.has(target) && !inside.has(alias));
  const first = outside.filter(({ target }) => !moved.has(target) && moved.add(target));
  // From the end, so that no place moves before its turn.
  for (const { alias, data } of first.reverse()) {
    result = splice(result, alias.range, `&${alias.source} ${flowText(data)}`) ?? result;
  }
  return first.length > 0 ? given(result) : null;
}

/** The whole text written anew: its remarks inside are lost, what it says is not. */
function anew(document: Parsed, expected: unknown): string {
  const whole = new Document(expected, CREATED);
  whole.commentBefore = document.commentBefore;
  return whole.toString(STYLE);
}

// Changing --------------------------------------------------------------------------------------

const single = (collection: Collection, step: Step, value: unknown): object =>
  isMap(collection) ? { [step]: value } : [value];

function putIn(given: Given, path: Path, value: unknown): string | null {
  const { text, document } = given;
  const step = path.at(-1);
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(document, parentPath);
  if (step === undefined) return null;
  if (!isCollection(parent) || parent.items.length === 0) {
    const whole = typeof step === "number" ? [value] : { [step]: value };
    return parentPath.length > 0
      ? putIn(given, parentPath, whole)
      : `${text.trim() === "" ? "" : `${text.trimEnd()}\n`}${blockText(whole, 0)}\n`;
  }
  const collection = parent as Collection;
  if (collection.flow) {
    const plain = nodeAt(document, path);
    if (isScalar(plain) && !plain.anchor && plain.source) {
      return splice(text, plain.range, flowText(value));
    }
    const whole = valueAt(given.data, parentPath);
    return splice(text, collection.range, flowText(put(whole, [step], value)));
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

function takeFrom(given: Given, path: Path): string | null {
  const { text, document } = given;
  const parentPath = path.slice(0, -1);
  const step = path.at(-1);
  const parent = nodeAt(document, parentPath);
  if (step === undefined || !isCollection(parent)) return null;
  const collection = parent as Collection;
  if (collection.flow) {
    return splice(text, collection.range, flowText(take(valueAt(given.data, parentPath), [step])));
  }
  if (collection.items.length === 1) {
    const empty = isMap(collection) ? {} : [];
    return path.length > 1 ? putIn(given, parentPath, empty) : null;
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

function swapIn({ text, document, data }: Given, path: Path, at: number): string | null {
  const list = nodeAt(document, path);
  if (!isSeq(list)) return null;
  const collection = list as YAMLSeq.Parsed;
  if (collection.flow) {
    return splice(text, collection.range, flowText(swapped(valueAt(data, path), at)));
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
