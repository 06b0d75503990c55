/** Checking and saving a definition's text, and what came of it. */
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { Definition, DefinitionDifference, DefinitionMistake } from "@/api/types";
import { namedIn } from "./text";

export type Edited = Pick<Definition, "kind" | "name" | "text" | "version">;

interface Draft {
  text: string;
  consent: boolean;
}

/** Where a text is sent, and what it says about the version that was opened. */
function sent({ text, consent }: Draft, was: Edited | undefined) {
  const { kind, name } = namedIn(text);
  const renamed_from = was && was.name !== name ? was.name : "";
  return {
    params: { path: { kind: was?.kind ?? kind, name } },
    body: { text, consent, renamed_from, base_version: was?.version ?? null },
  };
}

export const PLACE = "/definitions/{kind}/{name}";
/** What a check found, and what came of saving; both are of the text as it was then. */
export function useActs(draft: Draft, was: Edited | undefined, saved: (now: Definition) => void) {
  const [found, setFound] = useState<DefinitionDifference | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const look = useSend(
    () => answered(api.POST(`${PLACE}/check`, sent({ ...draft, consent: false }, was))),
    [],
  );
  const save = useSend(
    () => answered(api.PUT(PLACE, sent(draft, was))),
    ["items", "tickets", "alerts", "targets", "access"],
  );
  const check = (): void => {
    setRefused(null);
    look.mutate(undefined, { onSuccess: setFound, onError: setRefused });
  };
  const keep = (): void => {
    setRefused(null);
    save.mutate(undefined, {
      onSuccess: saved,
      onError: (problem) => {
        setRefused(problem);
        check();
      },
    });
  };
  const forget = (): void => {
    setFound(null);
    setRefused(null);
  };
  return { found, refused, check, keep, forget, busy: look.isPending || save.isPending };
}

/** Every mistake of this text by its line; those of one line together. */
export function byLine(mistakes: readonly DefinitionMistake[]): Map<number, string> {
  const lines = new Map<number, string>();
  for (const { file, line, message } of mistakes) {
    if (file !== "text" || line === null) continue;
    lines.set(line, [lines.get(line), message].filter(Boolean).join("\n"));
  }
  return lines;
}
