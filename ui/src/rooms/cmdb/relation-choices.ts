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

const heirsOf = (names: readonly string[], types: readonly ItemType[]): string[] =>
  types
    .map(({ name }) => name)
    .filter((name) => [...lineOf(name, types)].some((kin) => names.includes(kin)));

export function relationChoices(
  type: string,
  kinds: readonly RelationKind[],
  types: readonly ItemType[],
): RelationChoice[] {
  const line = lineOf(type, types);
  const fits = (names: readonly string[]): boolean =>
    names.length === 0 || names.some((name) => line.has(name));
  return kinds.flatMap((kind) =>
    (kind.symmetric ? [true] : [true, false]).flatMap((out) => {
      const ends = kind.allowed.map(({ source, target }) => ({
        own: out ? source : target,
        other: out ? target : source,
      }));
      const { source, target } = kind.capabilities;
      if (!able(type, out ? source : target, types)) return [];
      const open = kind.symmetric
        ? ends.concat(ends.map(({ own, other }) => ({ own: other, other: own })))
        : ends;
      const fitting = open.filter(({ own }) => fits(own));
      if (open.length > 0 && fitting.length === 0) return [];
      const any = open.length === 0 || fitting.some(({ other }) => other.length === 0);
      return {
        value: `${kind.name}:${out ? "out" : "in"}`,
        kind: kind.name,
        out,
        label: out ? `${kind.label} →` : `${kind.reverse_label || kind.label} ←`,
        others: any
          ? []
          : heirsOf(
              fitting.flatMap(({ other }) => other),
              types,
            ),
      };
    }),
  );
}
