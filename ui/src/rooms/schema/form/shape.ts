/** What a form needs to know of a place in a definition, read from the JSON-schema of its kind. */
import { type Path, type Step } from "./values";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  pattern?: string;
  title?: string;
  description?: string;
  default?: unknown;
  "x-reference"?: string;
  "x-text"?: string;
  /** What the values of an enumeration are called. */
  "x-words"?: Record<string, string>;
  /** The values name drawings. */
  "x-icons"?: boolean;
}

type Words = Record<string, string>;

export type Shape =
  | { is: "text" | "duration" | "label" | "boolean" | "any" }
  | { is: "number"; whole: boolean }
  | { is: "choice"; values: string[]; words: Words; icons?: boolean }
  | { is: "reference"; kind: string }
  /** Where one `alone` may stand without a list, it does so as it was written. */
  | { is: "list"; of: Shape; alone: boolean }
  | { is: "map"; of: Shape; names: string[] | null; words: Words }
  | {
      is: "part";
      keys: KeyShape[];
      /** The key that a plain text in the place of the mapping stands for. */
      text: string | null;
    };

export interface KeyShape {
  name: string;
  title: string;
  about: string;
  required: boolean;
  default: unknown;
  shape: Shape;
}

const DURATION = "ms|s|m|h|d";

/** The shape of a whole body; `kind` is left out, which the address says. */
export function shapeOf(schema: Schema): Extract<Shape, { is: "part" }> {
  const whole = partOf(schema, schema);
  return { ...whole, keys: whole.keys.filter(({ name }) => name !== "kind") };
}

function resolved(node: Schema, root: Schema): Schema {
  const name = node.$ref?.split("/").at(-1);
  return name === undefined ? node : resolved(root.$defs?.[name] ?? {}, root);
}

/** Every way in which a value may be written, nothing aside. */
function ways(node: Schema, root: Schema): Schema[] {
  const plain = resolved(node, root);
  const branches = plain.anyOf ?? plain.oneOf ?? plain.allOf;
  if (!branches) return plain.type === "null" ? [] : [plain];
  return branches.flatMap((branch) => ways(branch, root));
}

function partOf(node: Schema, root: Schema, text: string | null = null) {
  const keys = Object.entries(node.properties ?? {}).map(([name, key]) => ({
    name,
    title: key.title ?? name,
    about: key.description ?? "",
    required: node.required?.includes(name) ?? false,
    default: key.default,
    shape: read(key, root),
  }));
  return { is: "part", keys: keys.sort((a, b) => rank(a) - rank(b)), text } as const;
}

/** Whether its field is as wide as the form: what holds entries or keys of its own. */
export function isWide(shape: Shape): boolean {
  return shape.is === "part" || shape.is === "map" || (shape.is === "list" && !isPlain(shape.of));
}

export const isPlain = ({ is }: Shape): boolean =>
  is === "text" || is === "duration" || is === "choice" || is === "reference";

/** What it is called comes first, what is long comes last; else the order of the declaration. */
function rank({ name, shape }: KeyShape): number {
  if (name === "name" || name === "label") return 0;
  return isWide(shape) ? 2 : 1;
}

const isLabel = ({ properties }: Schema): boolean =>
  properties !== undefined && Object.keys(properties).sort().join() === "en,zh";

function read(node: Schema, root: Schema): Shape {
  const all = ways(node, root);
  const of = (type: string): Schema | undefined => all.find((way) => way.type === type);
  if (all.some(isLabel)) return { is: "label" };
  const list = of("array");
  const plain = all.filter((way) => way.type !== "array");
  const types = new Set(plain.map(({ type }) => type));
  if (list?.items && types.size <= 1) {
    return { is: "list", of: listed(list.items, node, root), alone: plain.length > 0 };
  }
  if (list) return { is: "any" };
  if (node["x-reference"]) return { is: "reference", kind: node["x-reference"] };
  const part = plain.find(({ properties }) => properties);
  if (part) return partOf(part, root, node["x-text"] ?? null);
  const map = of("object");
  if (map) return mapOf(map, root);
  return plainOf(plain, types);
}

/** Where a list holds names of definitions, the key above it says so. */
function listed(items: Schema, above: Schema, root: Schema): Shape {
  const kind = above["x-reference"];
  return kind === undefined ? read(items, root) : { is: "reference", kind };
}

function mapOf(map: Schema, root: Schema): Shape {
  const { additionalProperties: inner, propertyNames } = map;
  const keys = propertyNames ? resolved(propertyNames, root) : {};
  return {
    is: "map",
    of: typeof inner === "object" ? read(inner, root) : { is: "any" },
    names: keys.enum?.map(String) ?? null,
    words: keys["x-words"] ?? {},
  };
}

function plainOf(plain: Schema[], types: Set<string | undefined>): Shape {
  const values = plain.flatMap((way) => way.enum ?? (way.const === undefined ? [] : [way.const]));
  if (values.length > 0) {
    const words = Object.assign({}, ...plain.map((way) => way["x-words"])) as Words;
    const icons = plain.some((way) => way["x-icons"]);
    return { is: "choice", values: values.map(String), words, ...(icons ? { icons } : {}) };
  }
  if (plain.some(({ pattern }) => pattern?.includes(DURATION))) return { is: "duration" };
  const numeric = [...types].every((type) => type === "number" || type === "integer");
  if (types.size > 0 && numeric) return { is: "number", whole: !types.has("number") };
  if (types.size !== 1) return { is: "any" };
  return types.has("boolean") ? { is: "boolean" } : { is: "text" };
}

/** What a new entry begins with: its required keys, nothing in them. */
export function blank(shape: Shape): unknown {
  switch (shape.is) {
    case "part":
      return Object.fromEntries(
        shape.keys.filter(({ required }) => required).map((key) => [key.name, blank(key.shape)]),
      );
    case "list":
      return [];
    case "map":
      return {};
    case "boolean":
      return false;
    default:
      return null;
  }
}

/** The way to a place in the words of the form: `状态 2 › 名称`. */
export function titled(shape: Shape, path: Path): string {
  const words: string[] = [];
  let at: Shape | undefined = shape;
  for (const step of path) {
    const word = said(at, step);
    if (typeof step === "number" && words.length > 0) words[words.length - 1] += ` ${word}`;
    else words.push(word);
    at = at && below(at, step);
  }
  return words.join(" › ");
}

function said(shape: Shape | undefined, step: Step): string {
  if (typeof step === "number") return String(step + 1);
  const key = shape?.is === "part" ? shape.keys.find(({ name }) => name === step) : undefined;
  const word = shape?.is === "map" ? wordFor(shape.words, step) : undefined;
  return key?.title ?? word ?? wordFor(LANGUAGES, step) ?? step;
}

/** What is written may be called as anything is, `constructor` too. */
export const wordFor = (words: Words, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

const LANGUAGES: Record<string, string> = { zh: "中文", en: "English" };

function below(shape: Shape, step: Step): Shape | undefined {
  if (shape.is === "list" || shape.is === "map") return shape.of;
  return shape.is === "part" ? shape.keys.find(({ name }) => name === step)?.shape : undefined;
}
