/** How far an import has come, and what its rows come to: signs with words. */
import type { ImportLine, ImportRow } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { Glyph, type Shape } from "@/parts/marks";

type State = ImportRow["state"];
export type Verdict = ImportLine["verdict"];

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
  proposed: ["info", "yellow"],
  marked: ["ring", "yellow"],
  retired: ["bars", "grey"],
  held: ["info", "red"],
};

export const VERDICT_WORDS: Record<Verdict, TextKey> = {
  created: "import.created",
  changed: "import.changed",
  unchanged: "import.unchanged",
  refused: "import.refused",
  proposed: "source.proposedShort",
  marked: "source.marked",
  retired: "source.retired",
  held: "source.heldShort",
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const t = useT();
  const [shape, tone] = VERDICTS[verdict];
  return (
    <span className={`mark tone-${tone}`}>
      <Glyph shape={shape} size="0.85em" />
      <span>{t(VERDICT_WORDS[verdict])}</span>
    </span>
  );
}
