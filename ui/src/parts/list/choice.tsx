/** Several rows of a list chosen at once, by mouse, keys or thumb, and what is done with them. */
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { toast } from "@/parts/toast";

/** What a page says of choosing several of its records. */
export interface Choosing<T> {
  /** What a record is called, for who hears its box and does not see its row. */
  nameOf: (row: T) => string;
  /** As many as one act takes; any number where it is not said. */
  most?: number;
  /** What can be done with the chosen; `let go` takes records that are done out of the choice. */
  acts: (chosen: readonly T[], letGo: (keys: readonly string[]) => void) => ReactNode;
}

export interface Choice<T> {
  has: (row: T) => boolean;
  chosen: readonly T[];
  /** `along`: with all between this row and the one that was touched last. */
  set: (row: T, on: boolean, along: boolean) => void;
  setAll: (on: boolean) => void;
  letGo: (keys: readonly string[]) => void;
}

/** What is chosen of these rows; a row that leaves the list leaves the choice. */
export function useChoice<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  most = Number.POSITIVE_INFINITY,
): Choice<T> {
  const t = useT();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const change = (some: readonly T[], on: boolean): void => {
    const next = new Set(rows.map(keyOf).filter((key) => keys.has(key)));
    for (const row of some) {
      if (on) next.add(keyOf(row));
      else next.delete(keyOf(row));
    }
    if (next.size > most) toast(t("list.mostChosen", { n: most }), "failed");
    setKeys(new Set([...next].slice(0, most)));
  };
  const placeOf = (key: string | null): number => rows.findIndex((row) => keyOf(row) === key);
  return {
    has: (row) => keys.has(keyOf(row)),
    chosen: rows.filter((row) => keys.has(keyOf(row))),
    set: (row, on, along) => {
      const here = placeOf(keyOf(row));
      const from = along ? placeOf(last) : -1;
      const [first, end] = from < 0 ? [here, here] : [Math.min(from, here), Math.max(from, here)];
      change(rows.slice(first, end + 1), on);
      setLast(keyOf(row));
    },
    setAll: (on) => {
      if (on) change(rows, true);
      else setKeys(new Set());
    },
    letGo: (gone) => {
      setKeys(new Set([...keys].filter((key) => !gone.includes(key))));
    },
  };
}

interface BoxProps<T> {
  row: T;
  choice: Choice<T>;
  name: string;
  children?: ReactNode;
}

/** One row's box. With Shift, all from the last one touched. */
export function RowBox<T>({ row, choice, name, children }: BoxProps<T>) {
  const t = useT();
  return (
    <label className="choice-box">
      <input
        type="checkbox"
        checked={choice.has(row)}
        aria-label={t("list.chooseRow", { name })}
        onChange={({ target, nativeEvent }) => {
          choice.set(row, target.checked, (nativeEvent as MouseEvent).shiftKey);
        }}
      />
      {children}
    </label>
  );
}

export function AllBox<T>({ rows, choice }: { rows: readonly T[]; choice: Choice<T> }) {
  const t = useT();
  const n = choice.chosen.length;
  return (
    <label className="choice-box">
      <input
        type="checkbox"
        ref={(box) => {
          if (box) box.indeterminate = n > 0 && n < rows.length;
        }}
        checked={n > 0 && n === rows.length}
        aria-label={t("list.chooseAll", { n: rows.length })}
        onChange={({ target }) => {
          choice.setAll(target.checked);
        }}
      />
    </label>
  );
}

/** Up and down go from box to box of a table. */
export function goAmongBoxes(press: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
  const box = press.target as Element;
  if (!step || !box.matches(".choice-box input")) return;
  const boxes = [...press.currentTarget.querySelectorAll<HTMLElement>(".choice-box input")];
  const next = boxes[boxes.findIndex((each) => each === box) + step];
  if (!next) return;
  press.preventDefault();
  next.focus();
}

/** Stays in sight below the list while something is chosen. */
export function ChoiceBar<T>({
  choice,
  rows,
  acts,
  onEnd,
}: {
  choice: Choice<T>;
  rows: readonly T[];
  acts: Choosing<T>["acts"];
  /** On the phone choosing is a mode, which ends here. */
  onEnd?: () => void;
}) {
  const t = useT();
  const phone = usePhone();
  const n = choice.chosen.length;
  const end = (): void => {
    choice.setAll(false);
    onEnd?.();
  };
  return (
    <div
      className="choice-bar"
      role="region"
      aria-label={t("list.chosenActs")}
      hidden={n === 0 && !phone}
    >
      <span className="choice-count" role="status">
        {n === 0 ? t("list.chooseSome") : t("list.chosen", { n })}
      </span>
      {phone && n < rows.length ? (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => {
            choice.setAll(true);
          }}
        >
          {t("list.all", { n: rows.length })}
        </button>
      ) : null}
      <button type="button" className="button button-quiet" onClick={end} data-act="end-choice">
        {t(n === 0 ? "word.cancel" : "list.chooseNone")}
      </button>
      {/* There with nothing chosen, too: what came of an act is still told when all are let go. */}
      <span className="choice-acts">{acts(choice.chosen, choice.letGo)}</span>
    </div>
  );
}
