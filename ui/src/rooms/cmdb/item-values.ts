/** An item as its form holds it: what stands in which field, and what is sent of it. */
import type { Item, ItemType } from "@/api/types";
import type { Values } from "@/parts/fields";
import type { Places } from "@/parts/meanwhile";

export const NONE = "-";

export interface Entered {
  type: string;
  name: string;
  key?: string;
  importance: NonNullable<Item["importance"]> | typeof NONE;
  owner?: string | null;
  vendor?: string | null;
  attributes?: Values;
}

export function startOf(item: Item | undefined, type: string | undefined): Partial<Entered> {
  if (!item) return { ...(type ? { type } : {}), importance: NONE };
  const attributes = Object.fromEntries(
    Object.entries(item.attributes).map(([name, value]) => [name, idOf(value)]),
  );
  return {
    type: item.type,
    name: item.name,
    key: item.key,
    importance: item.importance ?? NONE,
    owner: item.owner ? (item.owner.id ?? undefined) : null,
    vendor: item.vendor ? (item.vendor.id ?? undefined) : null,
    attributes,
  };
}

/**
 * A reference comes as {id, name} and goes back as its id. One that is out of reach has none: it is
 * not sent, and so stays as it is.
 */
function idOf<T>(value: T | { id: string | null }): T | string | undefined {
  const named = typeof value === "object" && value !== null && "id" in value;
  return named ? (value.id ?? undefined) : (value as T);
}

const GROUP = "attributes";

/** An item's fields by the names that its history has for them. */
export const ATTRIBUTES: Places = {
  flat: (entered) => flattened(entered, (entered[GROUP] ?? {}) as Values),
  at: (name) => (name.startsWith(`${GROUP}.`) ? [GROUP, name.slice(GROUP.length + 1)] : [name]),
};

const flattened = ({ name, importance, owner, vendor }: Values, attributes: Values): Values => ({
  name,
  importance,
  owner,
  vendor,
  ...Object.fromEntries(
    Object.entries(attributes).map(([each, value]) => [`${GROUP}.${each}`, value]),
  ),
});

/** What the item is now, of all fields that its form has. */
export function nowOf(item: Item, type: ItemType | undefined): Values {
  const start = startOf(item, undefined) as Values;
  const held = (start[GROUP] ?? {}) as Values;
  const shown = (type?.attributes ?? []).filter(({ name }) => !item.restricted.includes(name));
  return flattened(
    start,
    Object.fromEntries(shown.map(({ name }) => [name, held[name] ?? null])) as Values,
  );
}

interface Edit {
  name?: string;
  importance?: Item["importance"];
  owner?: string | null;
  vendor?: string | null;
  attributes?: Record<string, unknown>;
}

/** What was typed, and nothing else: what others changed meanwhile stays theirs. */
export function editOf(mine: Values): Edit {
  const columns = Object.entries(mine).filter(([name]) => !name.startsWith(`${GROUP}.`));
  const attributes = Object.entries(mine)
    .filter(([name]) => name.startsWith(`${GROUP}.`))
    .map(([name, value]) => [name.slice(GROUP.length + 1), value ?? null]);
  const said = columns.map(([name, value]) => [name, value === NONE ? null : (value ?? null)]);
  return {
    ...(Object.fromEntries(said) as Edit),
    ...(attributes.length > 0
      ? { attributes: Object.fromEntries(attributes) as Record<string, unknown> }
      : {}),
  };
}
