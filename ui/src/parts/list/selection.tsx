/** Choosing several records of a list to do one thing with all of them. */
import { useState, type ReactNode } from "react";
import { useT } from "@/language";
import { toast } from "@/parts/toast";

export interface SelectionSpec<T> {
  /** As many as one act takes. */
  most: number;
  /** What a record is called. */
  name: (row: T) => string;
  /** The acts on what is selected; `done` are selected no more. */
  acts: (rows: readonly T[], onDone: (done: string[]) => void) => ReactNode;
}

export interface Selection<T> {
  has: (row: T) => boolean;
  name: (row: T) => string;
  toggle: (row: T) => void;
  /** Whether all that may be selected is. */
  whole: boolean;
  some: boolean;
  toggleAll: () => void;
}

/** What is gone from the list is selected no more, so that nothing unseen is acted on. */
export function useSelection<T>(
  rows: readonly T[],
  rowKey: (row: T) => string,
  spec: SelectionSpec<T> | undefined,
) {
  const t = useT();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const chosen = rows.filter((row) => keys.has(rowKey(row)));
  const clear = (): void => {
    setKeys(new Set());
  };
  const drop = (done: string[]): void => {
    setKeys((known) => new Set([...known].filter((key) => !done.includes(key))));
  };
  if (!spec) return { chosen, clear, drop, selection: undefined };
  const reachable = rows.slice(0, spec.most);
  const whole = reachable.length > 0 && reachable.every((row) => keys.has(rowKey(row)));
  const selection: Selection<T> = {
    has: (row) => keys.has(rowKey(row)),
    name: spec.name,
    whole,
    some: chosen.length > 0,
    toggle: (row) => {
      const key = rowKey(row);
      const next = new Set(chosen.map(rowKey));
      if (!next.delete(key)) {
        if (next.size >= spec.most) {
          toast(t("list.mostSelected", { n: spec.most }), "failed");
          return;
        }
        next.add(key);
      }
      setKeys(next);
    },
    toggleAll: () => {
      if (whole) clear();
      else {
        if (rows.length > spec.most) toast(t("list.mostSelected", { n: spec.most }), "failed");
        setKeys(new Set(reachable.map(rowKey)));
      }
    },
  };
  return { chosen, clear, drop, selection };
}

export function RowBox<T>({ row, selection }: { row: T; selection: Selection<T> }) {
  const t = useT();
  return (
    <label className="row-box">
      <input
        type="checkbox"
        checked={selection.has(row)}
        aria-label={t("list.selectRow", { name: selection.name(row) })}
        onChange={() => {
          selection.toggle(row);
        }}
      />
    </label>
  );
}

export function AllBox<T>({ selection }: { selection: Selection<T> }) {
  const t = useT();
  return (
    <label className="row-box">
      <input
        type="checkbox"
        checked={selection.whole}
        aria-label={t("list.selectAll")}
        ref={(box) => {
          if (box) box.indeterminate = selection.some && !selection.whole;
        }}
        onChange={selection.toggleAll}
      />
    </label>
  );
}

interface BarProps {
  count: number;
  clear: () => void;
  children: ReactNode;
}

/** Stands while something is selected; a dialog of its acts stays until it is closed. */
export function SelectionBar({ count, clear, children }: BarProps) {
  const t = useT();
  return (
    <div
      className="selection-bar"
      role="region"
      aria-label={t("list.selected", { n: count })}
      hidden={count === 0}
    >
      <b data-field="selected">{t("list.selected", { n: count })}</b>
      {children}
      <span className="spring" />
      <button type="button" className="button" data-act="unselect" onClick={clear}>
        {t("list.unselect")}
      </button>
    </div>
  );
}
