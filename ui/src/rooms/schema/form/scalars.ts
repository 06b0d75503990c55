/**
 * How a plain scalar is read and written, the same as the server reads it
 * (`wardround/schema/documents.py`): by the YAML 1.2 core schema, yet a number with leading zeros
 * (a serial, an extension) stays text. `tests/schema/scalars.json` holds both to one table.
 */
import { Schema, type ScalarTag } from "yaml";

const INTEGER = /^[-+]?(?:0|[1-9][0-9]{0,17})$/;
const HEX = /^0x[0-9a-fA-F]{1,15}$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?$/;
const NOTHING = /^(?:~|null|Null|NULL)?$/;
const TRUTH = /^(?:true|True|TRUE|false|False|FALSE)$/;

/** Letters that no definition may hold as they are, and those that end a line for some readers. */
export const UNWRITABLE =
  /[^\t\n\r -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|\r(?!\n)/u;
const ESCAPED = new RegExp(`${UNWRITABLE.source}|\\r`, "gu");

/** Whether a plain scalar is a whole number; the server takes such a key for its digits. */
export const isWhole = (source: string): boolean => INTEGER.test(source) || HEX.test(source);

/** A number beyond what the browser counts exactly keeps its digits. */
function whole(source: string): number | bigint {
  const number = Number(source);
  return Number.isSafeInteger(number) ? number + 0 : BigInt(source.replace("+", ""));
}

function decimal(source: string): number | string {
  const number = Number(source);
  return Number.isFinite(number) ? number : source;
}

const tag = (name: string): string => `tag:yaml.org,2002:${name}`;

const OWN: readonly ScalarTag[] = [
  {
    tag: tag("null"),
    default: true,
    test: NOTHING,
    identify: (value) => value === null || value === undefined,
    resolve: () => null,
    stringify: () => "null",
  },
  {
    tag: tag("bool"),
    default: true,
    test: TRUTH,
    identify: (value) => typeof value === "boolean",
    resolve: (source) => source.toLowerCase() === "true",
    stringify: ({ value }) => String(value),
  },
  {
    tag: tag("int"),
    default: true,
    test: new RegExp(`${INTEGER.source}|${HEX.source}`),
    identify: (value) => typeof value === "bigint" || Number.isInteger(value),
    resolve: whole,
    stringify: ({ value }) => String(value),
  },
  {
    tag: tag("float"),
    default: true,
    test: FLOAT,
    identify: (value) => typeof value === "number" && !Number.isInteger(value),
    resolve: decimal,
    stringify: ({ value }) => String(value),
  },
];

/** A text in quotes, each letter that may not stand there spelled out. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    ESCAPED,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** What a reader of YAML 1.1 takes for a truth, a number of another base, a time or a date. */
const OLDER: ScalarTag = {
  tag: tag("older"),
  default: true,
  test: new RegExp(
    [
      "yes|no|on|off",
      "[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*(?:\\.[0-9_]*)?(?:e[-+]?[0-9]+)?)",
      "[-+]?\\.inf|\\.nan",
      "[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?",
      "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \\t].*)?",
    ]
      .map((each) => `^(?:${each})$`)
      .join("|"),
    "i",
  ),
  resolve: (source) => source,
};

function schema(compat?: [ScalarTag]): Schema {
  return new Schema({
    schema: "failsafe",
    resolveKnownTags: false,
    ...(compat ? { compat } : {}),
    customTags: (tags) => [
      ...tags.map((each) =>
        typeof each === "object" && each.tag === tag("str") ? texts(each as ScalarTag) : each,
      ),
      ...OWN,
    ],
  });
}

const texts = (plain: ScalarTag): ScalarTag => ({
  ...plain,
  stringify: (item, ...rest) =>
    typeof item.value === "string" && item.value.search(ESCAPED) >= 0
      ? quoted(item.value)
      : (plain.stringify?.(item, ...rest) ?? ""),
});

export const READING = schema();
/** Puts quotes around what readers of an older YAML take for something else: `no`, `12:30`. */
export const WRITING = schema([OLDER]);
