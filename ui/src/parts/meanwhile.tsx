/**
 * A form over a thing that others change while it stands open: what is typed stays, what is not
 * typed follows the thing, and where both differ the reader is told what it is now.
 */
import { Form } from "antd";
import type { FormInstance } from "antd/es/form";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useT } from "@/language";
import type { Values } from "./fields";
import { useUnsaved } from "./unsaved";

const said = (value: unknown): string => JSON.stringify(value ?? null);
const same = (left: unknown, right: unknown): boolean => said(left) === said(right);

export interface Meanwhile {
  /** What was typed and is not yet so, by field. */
  mine: Values;
  /** Fields of which somebody made something else than what stands here. */
  theirs: ReadonlySet<string>;
  /** What was typed into fields that the form no longer has. */
  homeless: Values;
  /** Theirs instead of mine. */
  take: (name: string) => void;
  /** What is typed is saved. */
  saved: () => void;
}

const where = (values: Values, holds: (name: string, value: unknown) => boolean): Values =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => holds(name, value)));

/** Where a form keeps its fields, by the names that the thing's values have. */
export interface Places {
  flat: (entered: Values) => Values;
  at: (name: string) => string[];
}

const SIDE_BY_SIDE: Places = { flat: (entered) => entered, at: (name) => [name] };

/** `now`: the thing's present values of the form's fields. */
export function useMeanwhile(
  form: FormInstance<Values>,
  now: Values,
  { flat, at }: Places = SIDE_BY_SIDE,
): Meanwhile {
  /** Of each field the value on which it was typed; that of a field as it was follows the thing. */
  const [base, setBase] = useState<Values>(now);
  const [seen, setSeen] = useState(now);
  const watched = Form.useWatch([], { form, preserve: true }) as Values | undefined;
  const entered = watched ? flat(watched) : base;
  const typed = (name: string): boolean =>
    name in base && name in entered && !same(entered[name], base[name]);
  if (!same(seen, now)) {
    setSeen(now);
    setBase({ ...base, ...where(now, (name) => !typed(name)) });
  }
  const shown = useRef(base);
  useEffect(() => {
    for (const [name, value] of Object.entries(base)) {
      const was = shown.current[name];
      if (!same(value, was) && same(form.getFieldValue(at(name)), was))
        form.setFieldValue(at(name), value ?? undefined);
    }
    shown.current = base;
  }, [base, form, at]);
  const mine = where(entered, (name) => name in now && typed(name));
  const homeless = where(entered, (name) => !(name in now) && typed(name));
  useUnsaved(() => Object.keys(mine).length > 0 || Object.keys(homeless).length > 0);
  return {
    mine,
    theirs: new Set(
      Object.keys(
        where(now, (name, value) => !same(value, base[name]) && !same(value, entered[name])),
      ),
    ),
    homeless,
    take: (name) => {
      form.setFieldValue(at(name), now[name] ?? undefined);
      setBase({ ...base, [name]: now[name] });
    },
    saved: () => {
      setBase({ ...base, ...mine });
    },
  };
}

/** Stands below a field that somebody else changed while something was typed into it. */
export function TheirsNote({ value, onTake }: { value: ReactNode; onTake: () => void }) {
  const t = useT();
  return (
    <span className="meanwhile" role="status">
      {t("form.meanwhile")} <b>{value}</b>
      <button type="button" className="button button-quiet" onClick={onTake}>
        {t("form.takeTheirs")}
      </button>
    </span>
  );
}
