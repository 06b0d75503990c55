/** A definition as a form that its kind's declaration draws; what is typed goes into the text. */
import { useEffect, useMemo } from "react";
import { useT } from "@/language";
import { EditingContext, idOf, type Edit, type Mistake } from "./form/context";
import { Part } from "./form/fields";
import type { Shape } from "./form/shape";
import type { Path } from "./form/values";
import { movedUp, readYaml, without, withKey, withValue } from "./form/yaml-text";

interface Props {
  shape: Extract<Shape, { is: "part" }>;
  text: string;
  onChange: (text: string) => void;
  mistakes: readonly Mistake[];
  /** The place to go to; a new value each time it is asked for. */
  look: Path | null;
}

/** The field of a place, or the nearest one around it. */
function fieldAt(path: Path): HTMLElement | null {
  const found = document.getElementById(idOf(path));
  return found ?? (path.length > 1 ? fieldAt(path.slice(0, -1)) : null);
}

export function DefinitionForm({ shape, text, onChange, mistakes, look }: Props) {
  const t = useT();
  const { data, mistake } = useMemo(() => readYaml(text), [text]);
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
  useEffect(() => {
    if (look) fieldAt(look)?.focus();
  }, [look]);
  if (mistake) {
    return (
      <p className="refused" role="alert">
        {t("definition.formNeedsYaml", { line: mistake.line })}
      </p>
    );
  }
  return (
    <EditingContext value={{ edit, mistakes }}>
      <Part shape={shape} path={ROOT} value={data} />
    </EditingContext>
  );
}

const ROOT: Path = [];
