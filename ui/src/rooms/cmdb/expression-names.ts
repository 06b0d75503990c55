/** The names and values that an expression over items may use, from the types the reader may see. */
import type { ItemType } from "@/api/types";
import type { Translate } from "@/language";
import type { Name, Vocabulary, Word } from "@/parts/list/expression";
import { attributesOf } from "./marked-attributes";

const KINDS: Readonly<Record<string, Name["kind"]>> = {
  number: "number",
  port: "number",
  boolean: "boolean",
  date: "date",
  datetime: "date",
  reference: "reference",
};

export function itemVocabulary(
  t: Translate,
  types: readonly ItemType[],
  layers: readonly Word[],
  conditions: readonly Word[],
): Vocabulary {
  const own: Name[] = [
    {
      value: "type",
      label: t("item.type"),
      kind: "text",
      values: types.map(({ name, label }) => ({ value: name, label })),
    },
    { value: "name", label: t("item.name"), kind: "text" },
    { value: "owner", label: t("item.owner"), kind: "reference", leads: true },
    { value: "layer", label: t("item.layer"), kind: "text", values: layers },
    {
      value: "importance",
      label: t("item.importance"),
      kind: "text",
      values: ["A", "B", "C"].map((value) => ({ value, label: "" })),
    },
    { value: "condition", label: t("item.condition"), kind: "text", values: conditions },
    { value: "vendor", label: t("item.vendor"), kind: "reference", leads: true },
    { value: "key", label: t("item.key"), kind: "text" },
    { value: "updated_at", label: t("item.updated"), kind: "date" },
    { value: "condition_since", label: t("item.since"), kind: "date" },
  ];
  const taken = new Set(own.map(({ value }) => value));
  const every = types.filter((type) => !type.extends).map((type) => type.name);
  const attributes = attributesOf(types, every)
    .filter(({ name }) => !taken.has(name))
    .map(({ name, label, type, choices }): Name => ({
      value: name,
      label,
      kind: KINDS[type] ?? "text",
      leads: type === "reference",
      ...(type === "choice" ? { values: choices } : {}),
    }));
  return { names: [...own, ...attributes] };
}
