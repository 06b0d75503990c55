/** What an expression over items may use, for whoever writes one: lists, and where roles hold. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import type { Vocabulary } from "@/parts/list/expression";
import { itemVocabulary } from "./expression-names";

export const CONDITIONS = ["down", "critical", "warning", "unknown", "maintenance", "ok"] as const;

export function useItemVocabulary(): Vocabulary {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const layers = useGet("definitions", "/layers").data?.items ?? [];
  return itemVocabulary(
    t,
    types,
    layers.map(({ name, label }) => ({ value: name, label })),
    CONDITIONS.map((value) => ({ value, label: t(`condition.${value}`) })),
  );
}
