/** What every field of the form can do, and what is known to be wrong. */
import { createContext, useContext, useMemo } from "react";
import { begins, dotted, put, same, type Path } from "./values";

export interface Edit {
  set: (path: Path, value: unknown) => void;
  remove: (path: Path) => void;
  moveUp: (path: Path, at: number) => void;
  rename: (path: Path, name: string) => void;
}

export interface Mistake {
  path: Path;
  message: string;
}

interface Editing {
  edit: Edit;
  /** Leaves the form for a place of the text. */
  showText: (path: Path) => void;
  mistakes: readonly Mistake[];
}

const nothing = (): void => undefined;

export const EditingContext = createContext<Editing>({
  edit: { set: nothing, remove: nothing, moveUp: nothing, rename: nothing },
  showText: nothing,
  mistakes: [],
});

export const useEdit = (): Edit => useContext(EditingContext).edit;

export const useShowText = (): ((path: Path) => void) => useContext(EditingContext).showText;

/** What is wrong at this place itself; with `below`, in it too. */
export function useMistakes(path: Path, { below = false } = {}): readonly string[] {
  return useContext(EditingContext)
    .mistakes.filter((mistake) => (below ? begins(mistake.path, path) : same(mistake.path, path)))
    .map(({ message }) => message);
}

/** Edits of the parts of a mapping that is still written as a plain text. */
export function useSpelledOut(path: Path, whole: Record<string, unknown> | null): Editing {
  const editing = useContext(EditingContext);
  return useMemo(() => {
    if (whole === null) return editing;
    const set = (at: Path, value: unknown): void => {
      editing.edit.set(path, put(whole, at.slice(path.length), value));
    };
    return { ...editing, edit: { ...editing.edit, set } };
  }, [editing, path, whole]);
}

export const idOf = (path: Path): string => `at-${dotted(path)}`;
