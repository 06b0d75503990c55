/** The formula as boxes in boxes: how many of what stands in each it takes. */
import { Checkbox, InputNumber, Select } from "antd";
import { useState } from "react";
import type { FormulaTerm } from "@/api/types";
import { useT } from "@/language";
import { grouped, put, worded, WORDS, type Way, type Word } from "./formula-model";

interface Edited {
  whole: FormulaTerm;
  editable: boolean;
  onChange: (next: FormulaTerm | null) => void;
}

const standbys = (word: Word | null | undefined): boolean => word === "hot" || word === "of";

function Switch({ of, way, whole, onChange }: Edited & { of: FormulaTerm; way: Way }) {
  const t = useT();
  return (
    <InputNumber
      size="small"
      min={0}
      max={1_000_000}
      value={of.minutes}
      addonBefore={t("formula.cold")}
      addonAfter={t("formula.minutes")}
      aria-label={t("formula.coldOf", { name: of.name })}
      onChange={(minutes) => {
        onChange(put(whole, way, { ...of, minutes }));
      }}
    />
  );
}

function Leaf({ of }: { of: FormulaTerm }) {
  const t = useT();
  const left = of.standing === "left" || of.standing === "gone" ? of.standing : null;
  return (
    <span className="formula-name">
      {of.name}
      {left ? <b className="formula-left">{t(`formula.standing.${left}`)}</b> : null}
    </span>
  );
}

function Head({ of, way, whole, editable, onChange }: Edited & { of: FormulaTerm; way: Way }) {
  const t = useT();
  if (!of.word) return null;
  const words = { need: of.need, there: of.parts.length };
  if (!editable) return <b>{t(`formula.said.${of.word}`, words)}</b>;
  return (
    <span className="formula-head">
      <Select<Word>
        size="small"
        value={of.word}
        aria-label={t("formula.word")}
        options={WORDS.map((value) => ({ value, label: t(`formula.words.${value}`) }))}
        onChange={(word) => {
          onChange(put(whole, way, worded(of, word)));
        }}
      />
      {of.word === "of" ? (
        <InputNumber
          size="small"
          min={1}
          max={of.parts.length}
          value={of.need}
          aria-label={t("formula.need")}
          addonAfter={`/ ${of.parts.length}`}
          onChange={(need) => {
            if (need) onChange(put(whole, way, { ...of, need }));
          }}
        />
      ) : null}
    </span>
  );
}

function Remove({ of, way, whole, onChange }: Edited & { of: FormulaTerm; way: Way }) {
  const t = useT();
  const name = of.name || t("formula.group");
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        onChange(put(whole, way, null));
      }}
    >
      <span aria-hidden>×</span>
      <span className="visually-hidden">{t("formula.takeOut", { name })}</span>
    </button>
  );
}

function Gate(given: Edited & { of: FormulaTerm; way: Way }) {
  const t = useT();
  const { of, way, whole, editable, onChange } = given;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const mark = (at: number, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(at);
    else next.delete(at);
    setChosen(next);
  };
  const group = (word: Word): void => {
    setChosen(new Set());
    onChange(put(whole, way, grouped(of, chosen, word)));
  };
  return (
    <div className="formula-gate" data-word={of.word}>
      <Head {...given} />
      <ul>
        {of.parts.map((part, at) => (
          <li key={`${at}-${part.id ?? part.word}`}>
            {editable && of.parts.length > 2 ? (
              <Checkbox
                checked={chosen.has(at)}
                aria-label={t("formula.choose", { name: part.name || t("formula.group") })}
                onChange={(event) => {
                  mark(at, event.target.checked);
                }}
              />
            ) : null}
            <Part {...given} of={part} way={[...way, at]} under={of.word} />
          </li>
        ))}
      </ul>
      {chosen.size > 1 ? (
        <p className="formula-acts">
          {t("formula.asGroup", { n: chosen.size })}
          {WORDS.map((word) => (
            <button
              key={word}
              type="button"
              className="button"
              data-group={word}
              onClick={() => {
                group(word);
              }}
            >
              {t(`formula.words.${word}`)}
            </button>
          ))}
        </p>
      ) : null}
    </div>
  );
}

function Part(given: Edited & { of: FormulaTerm; way: Way; under?: Word | null }) {
  const t = useT();
  const { of, way, under, editable } = given;
  return (
    <div className="formula-part">
      {of.word ? <Gate {...given} /> : <Leaf of={of} />}
      {standbys(under) && editable ? <Switch {...given} /> : null}
      {standbys(under) && !editable && of.minutes !== null ? (
        <small>{t("formula.coldFor", { n: of.minutes })}</small>
      ) : null}
      {editable && way.length > 0 ? <Remove {...given} /> : null}
    </div>
  );
}

export function FormulaTree(given: Edited) {
  return <Part {...given} of={given.whole} way={[]} />;
}
