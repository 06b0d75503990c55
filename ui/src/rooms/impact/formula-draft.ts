/** A formula while it is edited: as text and as boxes, each following the other, with undo. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { queryClient, useSend } from "@/api/queries";
import type { Formula, FormulaChecked, FormulaTerm } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { bodyOf } from "./formula-model";

const PATIENCE = 350;
const MOST_UNDONE = 100;

export interface Draft {
  text: string;
  tree: FormulaTerm | null;
  /** Which of the two was changed last: the other is what the server says of it. */
  by: "text" | "tree";
}

/** What is written, and all that it was before. */
export function useDraft(of: Formula) {
  const [past, setPast] = useState<readonly Draft[]>([]);
  const [next, setNext] = useState<readonly Draft[]>([]);
  const [now, setNow] = useState<Draft>({ text: of.text, tree: of.tree, by: "text" });
  const [before, after] = [past.at(-1), next.at(-1)];
  return {
    now,
    change: (draft: Draft): void => {
      setPast([...past, now].slice(-MOST_UNDONE));
      setNext([]);
      setNow(draft);
    },
    undo: before
      ? () => {
          setPast(past.slice(0, -1));
          setNext([...next, now]);
          setNow(before);
        }
      : undefined,
    redo: after
      ? () => {
          setNext(next.slice(0, -1));
          setPast([...past, now]);
          setNow(after);
        }
      : undefined,
  };
}

const rest = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const later = setTimeout(done, PATIENCE);
    signal.addEventListener("abort", () => {
      clearTimeout(later);
      done();
    });
  });

/** Asked once nothing has been typed for a moment. */
export function useChecked(of: Formula, draft: Draft, dirty: boolean): FormulaChecked | undefined {
  const said = draft.by === "text" ? draft.text.trim() !== "" : draft.tree !== null;
  const body =
    draft.by === "text" ? { text: draft.text } : { tree: draft.tree ? bodyOf(draft.tree) : null };
  return useQuery<FormulaChecked, Problem>({
    queryKey: ["formula-check", of.item.id, of.version, body],
    queryFn: async ({ signal }) => {
      await rest(signal);
      return answered(
        api.POST("/items/{item_id}/formula/check", {
          params: { path: { item_id: of.item.id } },
          body,
          signal,
        }),
      );
    },
    enabled: dirty && said,
  }).data;
}

export function useSaving(of: Formula) {
  const t = useT();
  const path = { item_id: of.item.id };
  const { version } = of;
  const failed = (problem: Problem): void => {
    toast(problem.message, "failed");
    if (problem.code === "stale_formula")
      void queryClient.invalidateQueries({ queryKey: ["items"] });
  };
  const keep = useSend(
    (text: string) =>
      answered(
        api.PUT("/items/{item_id}/formula", {
          params: { path },
          body: { text, version, reason: "" },
        }),
      ),
    ["items"],
  );
  const drop = useSend(
    () =>
      answered(api.DELETE("/items/{item_id}/formula", { params: { path, query: { version } } })),
    ["items"],
  );
  const told = (key: "formula.saved" | "formula.dropped") => ({
    onSuccess: () => {
      toast(t(key));
    },
    onError: failed,
  });
  return {
    busy: keep.isPending || drop.isPending,
    save: (text: string) => {
      keep.mutate(text, told("formula.saved"));
    },
    drop: () => {
      drop.mutate(undefined, told("formula.dropped"));
    },
  };
}
