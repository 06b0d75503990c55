/** How far an import has come, and what its rows come to: signs with words. */
import type { ImportRow } from "@/api/types";
import { useT } from "@/language";
import { Glyph, type Shape } from "@/parts/marks";

type State = ImportRow["state"];
export type Verdict = "created" | "changed" | "unchanged" | "refused";

const SIGNS: Record<State, [Shape, "green" | "red" | "yellow" | "grey" | "blue"]> = {
  waiting: ["ring", "grey"],
  reading: ["diamond", "blue"],
  checked: ["info", "yellow"],
  writing: ["diamond", "blue"],
  done: ["check", "green"],
  failed: ["cross", "red"],
  undoing: ["diamond", "blue"],
  undone: ["bars", "grey"],
};
export const UNDER_WAY: readonly State[] = ["waiting", "reading", "writing", "undoing"];

export function ImportState({ state }: { state: State }) {
  const t = useT();
  const [shape, tone] = SIGNS[state];
  return (
    <span className={`mark tone-${tone}`} data-state={state}>
      <Glyph shape={shape} size="0.85em" />
      <span>{t(`import.states.${state}`)}</span>
    </span>
  );
}

const VERDICTS: Record<Verdict, [Shape, "green" | "red" | "yellow" | "grey" | "blue"]> = {
  created: ["check", "green"],
  changed: ["diamond", "blue"],
  unchanged: ["bars", "grey"],
  refused: ["cross", "red"],
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const t = useT();
  const [shape, tone] = VERDICTS[verdict];
  return (
    <span className={`mark tone-${tone}`}>
      <Glyph shape={shape} size="0.85em" />
      <span>{t(`import.${verdict}`)}</span>
    </span>
  );
}
