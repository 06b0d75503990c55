/** An expression, offered as one types; a mistake is shown under its place. */
import { AutoComplete, Button, Input, type InputRef } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useLayoutEffect, useRef, useState } from "react";
import type { Problem } from "@/api/problem";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { offer, taken, type Vocabulary, type Word } from "./expression";

interface Props {
  name: string;
  label: string;
  value: string;
  vocabulary: Vocabulary;
  problem: Problem | null;
  onChange: (expression: string) => void;
  /** A field among others: it is asked when it is left, and Enter sends no form. */
  inForm?: boolean;
}

const CHIPS = 12;

/** The expression with a mark under the place of its mistake, and what is wrong there. */
function Mistake({ name, value, problem }: Pick<Props, "name" | "value" | "problem">) {
  const found = problem?.problems.find(({ field }) => field === name);
  if (!found) return null;
  const at = found.offset ?? 0;
  const [head, wrong] = [value.slice(0, at), value.slice(at)];
  const end = /^(?:"[^"]*"?|'[^']*'?|[\p{L}\p{N}_.-]+|.)?/u.exec(wrong)?.[0].length ?? 0;
  return (
    <div className="asking-wrong" role="alert" data-field="mistake">
      <code>
        {head}
        <mark>{wrong.slice(0, end) || " "}</mark>
        {wrong.slice(end)}
      </code>
      <span>{found.message}</span>
    </div>
  );
}

function shownAs({ value, label }: Word) {
  return (
    <span className="asking-word">
      <code>{value}</code>
      {label && label !== value ? <span className="muted">{label}</span> : null}
    </span>
  );
}

/** What is typed, until it is asked; the address has the last word. */
function useTyped(value: string) {
  const [typed, setTyped] = useState({ given: value, text: value, caret: value.length });
  const now = typed.given === value ? typed : { given: value, text: value, caret: value.length };
  const set = (text: string, caret: number): void => {
    setTyped({ given: value, text, caret });
  };
  return { text: now.text, caret: now.caret, set };
}

export function ExpressionField(props: Props) {
  return usePhone() ? <OnPhone {...props} /> : <OnDesk {...props} />;
}

function OnDesk({ name, label, value, vocabulary, problem, onChange, inForm }: Props) {
  const t = useT();
  const { text, caret, set } = useTyped(value);
  const [open, setOpen] = useState(false);
  const input = useRef<InputRef>(null);
  // The caret after a word was taken: as soon as the text is there, before anybody types on.
  const goTo = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (goTo.current === null) return;
    input.current?.focus();
    input.current?.input?.setSelectionRange(goTo.current, goTo.current);
    goTo.current = null;
  });
  const fits = offer(vocabulary, text, caret);
  const ask = (): void => {
    setOpen(false);
    if (text.trim() !== value) onChange(text.trim());
  };
  const caretNow = (): number => input.current?.input?.selectionStart ?? text.length;
  return (
    <div className="asking">
      <AutoComplete
        className="asking-field"
        value={text}
        open={open && fits.words.length > 0}
        defaultActiveFirstOption={false}
        options={fits.words.map((word) => ({ value: word.value, label: shownAs(word) }))}
        onSelect={(word: string) => {
          const next = taken(text, fits, word);
          set(next.text, next.caret);
          goTo.current = next.caret;
        }}
        onInputKeyDown={(event) => {
          if (event.key === "Enter" && inForm) event.preventDefault();
          if (
            event.key === "Enter" &&
            !document.querySelector(".asking-list .ant-select-item-option-active")
          )
            ask();
        }}
        onBlur={ask}
        onFocus={() => {
          setOpen(true);
        }}
        classNames={{ popup: { root: "asking-list" } }}
      >
        <Input
          ref={input}
          allowClear
          data-filter={name}
          aria-label={label}
          placeholder={t("list.expressionHint")}
          status={problem?.problems.some(({ field }) => field === name) ? "error" : ""}
          spellCheck={false}
          onChange={(event) => {
            setOpen(true);
            set(event.target.value, event.target.selectionStart ?? event.target.value.length);
            if (event.target.value === "" && value !== "") onChange("");
          }}
          onSelect={() => {
            if (caretNow() !== caret) set(text, caretNow());
          }}
        />
      </AutoComplete>
      <Mistake name={name} value={value} problem={problem} />
    </div>
  );
}

/** With a thumb: words to touch under the text, and a button that asks. */
function OnPhone({ name, label, value, vocabulary, problem, onChange, inForm }: Props) {
  const t = useT();
  const { text, caret, set } = useTyped(value);
  const area = useRef<TextAreaRef>(null);
  const fits = offer(vocabulary, text, caret);
  return (
    <div className="asking asking-phone">
      <Input.TextArea
        ref={area}
        autoSize={{ minRows: 2, maxRows: 6 }}
        data-filter={name}
        aria-label={label}
        placeholder={t("list.expressionHint")}
        value={text}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => {
          set(event.target.value, event.target.selectionStart);
        }}
        onSelect={(event) => {
          const place = event.currentTarget.selectionStart;
          if (place !== caret) set(text, place);
        }}
        onBlur={() => {
          if (inForm && text.trim() !== value) onChange(text.trim());
        }}
      />
      <div className="asking-chips">
        {fits.words.slice(0, CHIPS).map((word) => (
          <button
            key={word.value}
            type="button"
            className="button"
            onClick={() => {
              const next = taken(text, fits, word.value);
              set(next.text, next.caret);
              if (inForm) area.current?.focus();
            }}
          >
            {shownAs(word)}
          </button>
        ))}
      </div>
      {inForm ? null : (
        <Button
          type="primary"
          block
          data-act="ask"
          disabled={text.trim() === value}
          onClick={() => {
            onChange(text.trim());
          }}
        >
          {t("list.ask")}
        </Button>
      )}
      <Mistake name={name} value={value} problem={problem} />
    </div>
  );
}
