/** Whether a value can stand in the control of its place without anything of it being lost. */
import { isPlain, type Shape } from "./shape";
import { isMapping, listOf } from "./values";

const isScalarValue = (value: unknown): boolean => typeof value !== "object" || value === null;

/** Entries shown as one line of chips: each once, none empty. */
function areChips(entries: readonly unknown[]): boolean {
  const words = entries.map((entry) => (isScalarValue(entry) ? String(entry ?? "") : ""));
  return !words.includes("") && new Set(words).size === words.length;
}

const isLabel = (value: unknown): boolean =>
  isScalarValue(value) ||
  (isMapping(value) &&
    Object.entries(value).every(
      ([language, said]) => (language === "zh" || language === "en") && isScalarValue(said),
    ));

/** What is not written fits everywhere. */
export function fits(shape: Shape, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  switch (shape.is) {
    case "any":
      return true;
    case "number":
      return typeof value === "number" && (!shape.whole || Number.isInteger(value));
    case "boolean":
      return typeof value === "boolean";
    case "label":
      return isLabel(value);
    case "list":
      if (!Array.isArray(value) && !(shape.alone && fits(shape.of, value))) return false;
      return !isPlain(shape.of) || areChips(listOf(value));
    case "map":
      return isMapping(value);
    case "part":
      return isMapping(value) || (shape.text !== null && typeof value === "string");
    default:
      return isScalarValue(value);
  }
}
