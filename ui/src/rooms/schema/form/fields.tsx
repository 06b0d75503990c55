/** The form of a part: one field for each key, lists and mappings as entries that open. */
import { useMemo, useState, type ReactNode } from "react";
import { useT } from "@/language";
import {
  AnyControl,
  BooleanControl,
  ChoiceControl,
  LabelControl,
  NumberControl,
  SeveralControl,
  TextControl,
  type ControlProps,
} from "./controls";
import { EditingContext, idOf, useMistakes, useSpelledOut } from "./context";
import { Entries, MapEntries } from "./entries";
import { fits } from "./fitting";
import { isPlain, isWide, wordFor, type KeyShape, type Shape } from "./shape";
import { isMapping, type Path } from "./values";
import { UnknownKeys, Unfit } from "./unfit";
import { Wrong } from "./wrong";

type PartShape = Extract<Shape, { is: "part" }>;

/** The control for a value of this shape. */
function Control({ shape, by, ...props }: ControlProps & { shape: Shape; by?: unknown }) {
  if (!fits(shape, props.value)) return <Unfit path={props.path} value={props.value} />;
  switch (shape.is) {
    case "label":
      return <LabelControl {...props} />;
    case "number":
      return <NumberControl {...props} whole={shape.whole} />;
    case "boolean":
      return <BooleanControl {...props} by={by} />;
    case "choice":
    case "reference":
      return <ChoiceControl {...props} shape={shape} />;
    case "list":
      return isPlain(shape.of) ? (
        <SeveralControl {...props} shape={shape.of} />
      ) : (
        <Entries {...props} of={shape.of} draw={entry} />
      );
    case "map":
      return (
        <MapEntries {...props} of={shape.of} names={shape.names} words={shape.words} draw={entry} />
      );
    case "part":
      return <Part shape={shape} path={props.path} value={props.value} />;
    case "any":
      return <AnyControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

const entry = (of: Shape, props: ControlProps): ReactNode => <Control {...props} shape={of} />;

/** A default in words, for the place where nothing is written. */
function useOtherwise({ default: value, shape }: KeyShape): string | undefined {
  const t = useT();
  const silent = value === undefined || value === null || value === "" || typeof value === "object";
  if (silent || shape.is === "boolean") return undefined;
  if (shape.is === "duration" && value === 0) return undefined;
  const said = shape.is === "duration" && typeof value === "number" ? `${value}s` : String(value);
  const word = shape.is === "choice" ? wordFor(shape.words, said) : undefined;
  return t("definition.otherwise", { value: word ?? said });
}

function KeyField({ known, path, value }: { known: KeyShape; path: Path; value: unknown }) {
  const otherwise = useOtherwise(known);
  const { name, title, about, required, shape } = known;
  const wide = isWide(shape);
  const wrong = useMistakes(path, { below: !wide });
  const control = (
    <Control
      shape={shape}
      path={path}
      value={value}
      title={title}
      required={required}
      by={known.default}
      {...(otherwise === undefined ? {} : { otherwise })}
    />
  );
  const caption = (
    <>
      {title}
      {required ? <span className="must"> ✱</span> : null} <code className="muted">{name}</code>
    </>
  );
  const rest = (
    <>
      {about ? <p className="field-about">{about}</p> : null}
      <Wrong messages={wrong} />
    </>
  );
  if (wide) {
    return (
      <fieldset className="field-wide" id={idOf(path)} tabIndex={-1}>
        <legend>{caption}</legend>
        {rest}
        {control}
      </fieldset>
    );
  }
  return (
    <div className={wrong.length > 0 ? "field field-refused" : "field"}>
      <label htmlFor={idOf(path)}>{caption}</label>
      {control}
      {rest}
    </div>
  );
}

/** Keys that must or do stand there, and behind a line to open those that may. */
export function Part({ shape, path, value }: { shape: PartShape; path: Path; value: unknown }) {
  const t = useT();
  const spelled = useMemo(
    () => (typeof value === "string" && shape.text !== null ? { [shape.text]: value } : null),
    [value, shape.text],
  );
  const editing = useSpelledOut(path, spelled);
  const body = spelled ?? (isMapping(value) ? value : {});
  // Which keys stand in front is settled when the form opens, so that none moves while it is typed.
  const [front] = useState(
    () =>
      new Set(
        shape.keys.filter((k) => k.required || Object.hasOwn(body, k.name)).map((k) => k.name),
      ),
  );
  const behind = shape.keys.filter(({ name }) => !front.has(name));
  const wrongBehind = editing.mistakes.some(({ path: at }) =>
    behind.some(({ name }) => at[path.length] === name),
  );
  const known = new Set(shape.keys.map(({ name }) => name));
  // The kind, which the address says, stands at the top alone.
  const unknown = Object.keys(body).filter(
    (name) => !known.has(name) && !(path.length === 0 && name === "kind"),
  );
  const draw = (known: KeyShape): ReactNode => (
    <KeyField
      key={known.name}
      known={known}
      path={[...path, known.name]}
      value={Object.hasOwn(body, known.name) ? body[known.name] : undefined}
    />
  );
  return (
    <EditingContext value={editing}>
      <div className="fields">
        {shape.keys.filter(({ name }) => front.has(name)).map(draw)}
        <UnknownKeys path={path} names={unknown} />
        {behind.length > 0 ? (
          <details className="more-keys" open={wrongBehind || undefined}>
            <summary>{t("definition.moreKeys", { n: behind.length })}</summary>
            <div className="fields">{behind.map(draw)}</div>
          </details>
        ) : null}
      </div>
    </EditingContext>
  );
}
