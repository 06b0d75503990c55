/** What the form cannot show: told in words, with the way to its place in the text. */
import { useT } from "@/language";
import { idOf, useShowText } from "./context";
import type { Path } from "./values";
import { valueText } from "./written";

const SHOWN = 60;

function ToText({ path }: { path: Path }) {
  const t = useT();
  const showText = useShowText();
  return (
    <button
      type="button"
      className="mistake-place"
      onClick={() => {
        showText(path);
      }}
    >
      {t("definition.toText")}
    </button>
  );
}

/** A value of another shape than its place has. */
export function Unfit({ path, value }: { path: Path; value: unknown }) {
  const t = useT();
  const text = valueText(value);
  return (
    <p className="field-unfit" id={idOf(path)} tabIndex={-1}>
      {t("definition.unfit")} <code>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</code>{" "}
      <ToText path={path} />
    </p>
  );
}

/** Keys that a part does not have. */
export function UnknownKeys({ path, names }: { path: Path; names: readonly string[] }) {
  const t = useT();
  const [first] = names;
  if (first === undefined) return null;
  return (
    <p className="field-unfit">
      {t("definition.unknownKeys")}{" "}
      {names.map((name) => (
        <code key={name}>{name} </code>
      ))}
      <ToText path={[...path, first]} />
    </p>
  );
}
