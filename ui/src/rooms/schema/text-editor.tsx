/** A definition's text with the numbers of its lines; lines with a mistake are marked. */
import { useEffect, useRef } from "react";
import { useT } from "@/language";

/** Where to look: a line and column, counted from 1. A new value each time it is asked for. */
export interface Place {
  line: number;
  column: number;
}

interface Props {
  text: string;
  onChange: (text: string) => void;
  /** What is wrong, by line. */
  wrong: ReadonlyMap<number, string>;
  look: Place | null;
}

const LEAST_ROWS = 14;
const MOST_ROWS = 30;
/** Lines shown above the one that is looked for. */
const ABOVE = 4;

function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

export function TextEditor({ text, onChange, wrong, look }: Props) {
  const t = useT();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  useEffect(() => {
    const field = area.current;
    if (!field || !look) return;
    const start = Math.min(offsetOf(field.value, look), field.value.length);
    const end = field.value.indexOf("\n", start);
    field.focus();
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
    const height = Number.parseFloat(getComputedStyle(field).lineHeight) || 20;
    field.scrollTop = Math.max(0, (look.line - ABOVE) * height);
  }, [look]);
  return (
    <div className="yaml-field">
      <div className="yaml-gutter" ref={gutter} aria-hidden="true">
        {lines.map((_line, at) => (
          <span
            key={at}
            className={wrong.has(at + 1) ? "yaml-wrong" : ""}
            title={wrong.get(at + 1) ?? ""}
          >
            {at + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        id="definition-text"
        className="yaml"
        aria-label={t("definition.text")}
        rows={Math.min(MOST_ROWS, Math.max(LEAST_ROWS, lines.length + 1))}
        spellCheck={false}
        value={text}
        aria-invalid={wrong.size > 0}
        onScroll={({ currentTarget }) => {
          if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
        }}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
    </div>
  );
}
