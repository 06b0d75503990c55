/** Where the parts of a YAML text stand in it. */
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { readYaml, type Parsed } from "./reading";
import type { Path, Step } from "./values";

export type Range = readonly [number, number, ...number[]] | null | undefined;

export const pad = (column: number): string => " ".repeat(column);
export const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
export const columnOf = (text: string, at: number): number => at - lineStart(text, at);
export const splice = (text: string, range: Range, by: string): string | null =>
  range ? text.slice(0, range[0]) + by + text.slice(range[1]) : null;

/** Where what ends before `at` ends: blank space at its end is not part of it. */
export const trimmed = (text: string, at: number): number => text.slice(0, at).trimEnd().length;
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

export type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

export function nodeAt({ contents }: Parsed, path: Path): Node | undefined {
  let node: Node | null | undefined = contents;
  for (const step of path) {
    if (isMap(node)) node = pairOf(node as YAMLMap.Parsed, step)?.value;
    else node = isSeq(node) ? (node.items[Number(step)] as Node | undefined) : undefined;
  }
  return node ?? undefined;
}

export const pairOf = (map: YAMLMap.Parsed, key: Step): Pair<Node, Node | null> | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));

export function keyIn(document: Parsed, path: Path): Node | undefined {
  const parent = nodeAt(document, path.slice(0, -1));
  return isMap(parent) ? pairOf(parent as YAMLMap.Parsed, path.at(-1) as Step)?.key : undefined;
}

export interface Entry {
  /** From its key or dash to the end of its value, remarks behind it aside. */
  start: number;
  end: number;
}

/** The entries of a collection that is written in lines, in their order. */
export function entriesOf(text: string, collection: Collection): Entry[] {
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

export const placeOf = (collection: Collection, step: Step): number =>
  isMap(collection)
    ? collection.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(step))
    : typeof step === "number" && step < collection.items.length
      ? step
      : -1;

/** Where a place of the text begins, or the nearest one around it; counted from 1. */
export function placeIn(text: string, path: Path): { line: number; column: number } {
  const reading = readYaml(text);
  if (reading.mistake !== null) return reading.mistake;
  const { document, lines } = reading;
  const node = keyIn(document, path) ?? nodeAt(document, path);
  if (!node?.range && path.length > 0) return placeIn(text, path.slice(0, -1));
  const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
  return { line, column: col };
}
