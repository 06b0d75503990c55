/** A definition as a form that its kind's declaration draws; what is typed goes into the text. */
import { useEffect } from "react";
import { useT } from "@/language";
import { EditingContext, idOf, type Edit, type Mistake } from "./form/context";
import { Part } from "./form/fields";
import { FormFence } from "./form/form-fence";
import type { Reading, Unshown } from "./form/reading";
import type { Shape } from "./form/shape";
import type { Path } from "./form/values";
import { placeIn } from "./form/places";
import { movedUp, without, withKey, withValue } from "./form/yaml-text";
import type { Place } from "./text-editor";

interface Props {
  shape: Extract<Shape, { is: "part" }>;
  text: string;
  reading: Reading;
  onChange: (text: string) => void;
  mistakes: readonly Mistake[];
  /** The place to go to; a new value each time it is asked for. */
  look: Path | null;
  /** Goes to a place of the text. */
  onText: (place: Place) => void;
}

/** The field of a place, or the nearest one around it. */
function fieldAt(path: Path): HTMLElement | null {
  const found = document.getElementById(idOf(path));
  return found ?? (path.length > 1 ? fieldAt(path.slice(0, -1)) : null);
}

/** Why no form stands here, and the way to the text. */
export function NoForm({ mistake, onText }: { mistake: Unshown; onText: (place: Place) => void }) {
  const t = useT();
  const { line, column } = mistake;
  return (
    <p className="refused" role="alert">
      {t("definition.unshown", { line, why: whyOf(t, mistake) })}{" "}
      <button
        type="button"
        className="mistake-place"
        onClick={() => {
          onText({ line, column });
        }}
      >
        {t("definition.toLine", { line })}
      </button>
    </p>
  );
}

/** What is wrong with a text, in words. */
export const whyOf = (t: ReturnType<typeof useT>, { why, word }: Unshown): string =>
  t(`definition.why.${why}`, { word });

export function DefinitionForm(props: Props) {
  const { shape, text, reading, onChange, mistakes, look, onText } = props;
  const edit: Edit = {
    set: (path, value) => {
      onChange(withValue(text, path, value));
    },
    remove: (path) => {
      onChange(without(text, path));
    },
    moveUp: (path, at) => {
      onChange(movedUp(text, path, at));
    },
    rename: (path, name) => {
      onChange(withKey(text, path, name));
    },
  };
  const showText = (path: Path): void => {
    onText(placeIn(text, path));
  };
  useEffect(() => {
    if (look) fieldAt(look)?.focus();
  }, [look]);
  if (reading.mistake) return <NoForm mistake={reading.mistake} onText={onText} />;
  const undrawn: Unshown = { line: 1, column: 1, why: "large", word: "" };
  return (
    <FormFence text={text} instead={<NoForm mistake={undrawn} onText={onText} />}>
      <EditingContext value={{ edit, mistakes, showText }}>
        <Part shape={shape} path={ROOT} value={reading.data} />
      </EditingContext>
    </FormFence>
  );
}

const ROOT: Path = [];
