/** Which relations an item may have, read from its own end, and with what at the other. */
import type { ItemType, RelationKind } from "@/api/types";

export interface RelationChoice {
  /** The kind, and whether the item is where it starts. */
  value: string;
  kind: string;
  out: boolean;
  /** As it reads from the item: 运行于 →, 承载 ←. */
  label: string;
  /** Types that may stand at the other end; none: any. */
  others: readonly string[];
  /** Whether such a relation can be a standby. */
  standby: boolean;
}

/** Whether the type may stand at that end, whatever the kind needs of it there. */
const able = (type: string, needed: string | null, types: readonly ItemType[]): boolean =>
  needed === null ||
  (types.find(({ name }) => name === type)?.capabilities.some((each) => each === needed) ?? true);

/** A type and its ancestors. */
function lineOf(type: string, types: readonly ItemType[]): ReadonlySet<string> {
  const parents = new Map(types.map(({ name, extends: parent }) => [name, parent]));
  const line = new Set<string>();
  for (let at: string | null | undefined = type; at && !line.has(at); at = parents.get(at)) {
    line.add(at);
  }
  return line;
}

interface End {
  names: readonly string[];
  layers: readonly string[];
}

/** Whether items of the type may stand there. */
function stands(type: ItemType | undefined, { names, layers }: End, line: ReadonlySet<string>) {
  const named = names.length === 0 || names.some((name) => line.has(name));
  return named && (layers.length === 0 || (type !== undefined && layers.includes(type.layer)));
}

export function relationChoices(
  type: string,
  kinds: readonly RelationKind[],
  types: readonly ItemType[],
): RelationChoice[] {
  const line = lineOf(type, types);
  const own = types.find(({ name }) => name === type);
  return kinds.flatMap((kind) =>
    (kind.symmetric ? [true] : [true, false]).flatMap((out) => {
      const ends = kind.allowed.map((each) => {
        const from = { names: each.source, layers: each.from_layers };
        const to = { names: each.target, layers: each.to_layers };
        return out ? { own: from, other: to } : { own: to, other: from };
      });
      const { source, target } = kind.capabilities;
      if (!able(type, out ? source : target, types)) return [];
      const open = kind.symmetric
        ? ends.concat(ends.map((each) => ({ own: each.other, other: each.own })))
        : ends;
      const fitting = open.filter((each) => stands(own, each.own, line));
      if (open.length > 0 && fitting.length === 0) return [];
      const needed = out ? target : source;
      const others = types.filter(
        (each) =>
          able(each.name, needed, types) &&
          (open.length === 0 ||
            fitting.some(({ other }) => stands(each, other, lineOf(each.name, types)))),
      );
      return {
        value: `${kind.name}:${out ? "out" : "in"}`,
        kind: kind.name,
        out,
        label: out ? `${kind.label} →` : `${kind.reverse_label || kind.label} ←`,
        others: others.length === types.length ? [] : others.map(({ name }) => name),
        standby: kind.standby,
      };
    }),
  );
}
