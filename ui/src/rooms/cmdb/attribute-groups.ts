/** Attributes in the groups of their type: what stands in none comes first. */

interface Grouped {
  group?: string | null;
}

export interface Section<A> {
  /** Empty for what stands in no group. */
  name: string;
  label: string;
  attributes: A[];
}

export function inGroups<A extends Grouped>(
  attributes: readonly A[],
  groups: readonly { name: string; label: string }[],
): Section<A>[] {
  const known = new Set(groups.map(({ name }) => name));
  const sections = [{ name: "", label: "" }, ...groups].map(({ name, label }) => ({
    name,
    label,
    attributes: attributes.filter(({ group }) => {
      const own = group && known.has(group) ? group : "";
      return own === name;
    }),
  }));
  return sections.filter((section) => section.attributes.length > 0);
}
