/** Values as YAML text. */
import { Document, isScalar, visit, type Pair } from "yaml";
import { WRITING } from "./scalars";

export const STYLE = { lineWidth: 0, flowCollectionPadding: false, indentSeq: true } as const;
const LONGEST_LINE = 90;
/** A value that stands at two places is written at both. */
export const CREATED = { schema: WRITING, aliasDuplicateObjects: false } as const;

/** A value on one line, as it stands in the place of a value. */
export const valueText = (value: unknown): string => (value === null ? "null" : flowText(value));

/** A value as it stands between brackets. */
export function flowText(value: unknown): string {
  const document = new Document([value], CREATED);
  visit(document, {
    Collection: (_key, node) => {
      node.flow = true;
    },
  });
  return document.toString(STYLE).trimEnd().slice(1, -1);
}

const isLine = (node: unknown): boolean =>
  isScalar(node) && !(typeof node.value === "string" && node.value.includes("\n"));

/** A mapping or list in lines of its own, short collections of plain values in brackets. */
export function blockText(value: object, column: number): string {
  const document = new Document(value, CREATED);
  visit(document, {
    Collection: (_key, node) => {
      const flat = node.items.every((item) => isLine(isScalar(item) ? item : (item as Pair).value));
      if (node !== document.contents) {
        node.flow = flat && flowText(node.toJSON()).length + column < LONGEST_LINE;
      }
    },
  });
  const lines = document.toString(STYLE).trimEnd().split("\n");
  return lines
    .map((line, at) => (at === 0 || line === "" ? line : " ".repeat(column) + line))
    .join("\n");
}
