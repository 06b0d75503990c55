/**
 * What item types ask of lists by marking their attributes: `list` shows a column, `filter` offers a
 * filter, `search` is searched. Only the types that are chosen count, for what an attribute's name
 * means depends on the type that declares it.
 */
import type { Attribute, ItemType } from "@/api/types";
import type { Filter } from "@/parts/list/types";

export const ATTRIBUTE = "attribute.";
export type AttributeFilter = Filter<`attribute.${string}`>;

/** The chosen types and all that extend one of them, directly or not. */
export function withSubtypes(
  types: readonly ItemType[],
  chosen: readonly string[],
): readonly ItemType[] {
  const byName = new Map(types.map((type) => [type.name, type]));
  const belongs = (type: ItemType | undefined): boolean =>
    type !== undefined &&
    (chosen.includes(type.name) || belongs(type.extends ? byName.get(type.extends) : undefined));
  return types.filter(belongs);
}

/** One attribute of two types: marked where either marks it, with the choices of both. */
function joined(first: Attribute, second: Attribute): Attribute {
  const known = new Set(first.choices.map(({ value }) => value));
  return {
    ...first,
    list: first.list || second.list,
    filter: first.filter || second.filter,
    search: first.search || second.search,
    choices: [...first.choices, ...second.choices.filter(({ value }) => !known.has(value))],
    to: [...new Set([...first.to, ...second.to])],
  };
}

/**
 * The attributes of the chosen types, each name once; secrets are for no list, and what some roles
 * alone see is not searched by words.
 */
export function attributesOf(
  types: readonly ItemType[],
  chosen: readonly string[],
): readonly Attribute[] {
  const found = new Map<string, Attribute>();
  for (const declared of withSubtypes(types, chosen).flatMap((type) => type.attributes)) {
    if (declared.type === "secret") continue;
    const attribute = declared.seen_by.length > 0 ? { ...declared, search: false } : declared;
    const known = found.get(attribute.name);
    found.set(attribute.name, known ? joined(known, attribute) : attribute);
  }
  return [...found.values()];
}

const RANGED: Readonly<Record<string, "number" | "day" | "instant">> = {
  number: "number",
  port: "number",
  date: "day",
  datetime: "instant",
};

/** The filter for an attribute, by its type: choices, things, a range, or text as it stands. */
export function attributeFilter(
  attribute: Attribute,
  words: { yes: string; no: string },
): AttributeFilter {
  const { type, unit } = attribute;
  const label = unit ? `${attribute.label}（${unit}）` : attribute.label;
  const named = { name: `${ATTRIBUTE}${attribute.name}` as const, label };
  if (type === "choice") return { ...named, options: attribute.choices };
  if (type === "boolean") {
    const options = [
      { value: "true", label: words.yes },
      { value: "false", label: words.no },
    ];
    return { ...named, single: true, options };
  }
  if (type === "reference") return { ...named, remote: "items", types: attribute.to };
  const range = RANGED[type];
  return range ? { ...named, range } : { ...named, text: true };
}
