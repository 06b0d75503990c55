/** What a column may say of an item, in the reader's words. */
import { useGet } from "@/api/queries";
import { useT, type TextKey } from "@/language";

const OWN: Record<string, TextKey> = {
  key: "import.key",
  own: "source.ownId",
  name: "item.name",
  type: "item.type",
  importance: "item.importance",
  owner: "item.owner",
  vendor: "item.vendor",
  created: "item.created",
  retired: "item.retired",
};
const ITEM = ["key", "own", "name", "type", "importance", "owner", "vendor"] as const;
const OF_RELATIONS: Record<string, TextKey> = {
  from: "import.from",
  to: "import.to",
  kind: "import.kind",
  group: "relation.group",
  need: "relation.need",
  standby: "relation.standby",
  switch_minutes: "relation.switchMinutes",
};

interface Group {
  label: string;
  options: { value: string; label: string }[];
}

interface Targets {
  /** What the columns of a table may say whose items are of this type (of any, without one). */
  of: (type: string) => Group[];
  /** A field by its name. */
  called: (field: string, type: string) => string;
  types: { value: string; label: string }[];
}

export function useTargets(): Targets {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const declared = (type: string) => {
    const chosen = types.filter(({ name }) => name === type);
    const every = (chosen.length > 0 ? chosen : types).flatMap(({ attributes }) => attributes);
    return [...new Map(every.map((attribute) => [attribute.name, attribute])).values()];
  };
  const of = (type: string): Group[] => [
    {
      label: t("import.asItem"),
      options: ITEM.map((value) => ({ value, label: t(OWN[value] as TextKey) })),
    },
    {
      label: t("import.asAttribute"),
      options: declared(type).map(({ name, label }) => ({ value: `attributes.${name}`, label })),
    },
    {
      label: t("import.asRelation"),
      options: kinds.flatMap(({ name, label, reverse_label }) => [
        { value: `relation.${name}`, label },
        ...(reverse_label === label ? [] : [{ value: `reverse.${name}`, label: reverse_label }]),
      ]),
    },
    {
      label: t("import.asRelations"),
      options: Object.entries(OF_RELATIONS).map(([value, key]) => ({ value, label: t(key) })),
    },
  ];
  const called = (field: string, type: string): string => {
    const own = OWN[field] ?? OF_RELATIONS[field];
    if (own) return t(own);
    const [group = "", ...rest] = field.split(".");
    const name = rest.join(".");
    if (group === "attributes") {
      return declared(type).find((each) => each.name === name)?.label ?? name;
    }
    const kind = kinds.find((each) => each.name === name);
    return (group === "reverse" ? kind?.reverse_label : kind?.label) ?? field;
  };
  return {
    of,
    called,
    types: types
      .filter(({ abstract }) => !abstract)
      .map(({ name, label }) => ({ value: name, label })),
  };
}
