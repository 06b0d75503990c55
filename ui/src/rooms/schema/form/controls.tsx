/** One control for each plain shape of a value. */
import { Checkbox, Input, InputNumber, Select } from "antd";
import { useState, type ReactNode } from "react";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { Drawing } from "@/parts/type-icon";
import { useEdit, idOf } from "./context";
import { wordFor, type Shape } from "./shape";
import { listOf, type Path } from "./values";
import { readYaml } from "./reading";
import { valueText } from "./written";

export interface ControlProps {
  path: Path;
  value: unknown;
  title: string;
  required: boolean;
  /** What stands there when nothing is written, in words. */
  otherwise?: string;
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "" : String(value);

/** Writes a value; nothing in an optional key takes the key out. */
function useWrite({ path, required }: Pick<ControlProps, "path" | "required">) {
  const { set, remove } = useEdit();
  return (value: unknown): void => {
    if (value !== null && value !== "" && value !== undefined) set(path, value);
    else if (required) set(path, null);
    else remove(path);
  };
}

export function TextControl(props: ControlProps) {
  const write = useWrite(props);
  const text = asText(props.value);
  const shared = {
    id: idOf(props.path),
    value: text,
    placeholder: props.otherwise,
    onChange: ({ target }: { target: { value: string } }) => {
      write(target.value);
    },
  };
  return text.includes("\n") || text.length > 60 ? (
    <Input.TextArea autoSize={{ minRows: 1, maxRows: 8 }} {...shared} />
  ) : (
    <Input {...shared} />
  );
}

export function NumberControl({ whole, ...props }: ControlProps & { whole: boolean }) {
  const write = useWrite(props);
  return (
    <InputNumber
      id={idOf(props.path)}
      value={typeof props.value === "number" ? props.value : null}
      placeholder={props.otherwise}
      onChange={write}
      {...(whole ? { precision: 0 } : {})}
    />
  );
}

export function BooleanControl(props: ControlProps & { by: unknown }) {
  const { set } = useEdit();
  const { path, value, by } = props;
  return (
    <Checkbox
      id={idOf(path)}
      checked={typeof value === "boolean" ? value : by === true}
      onChange={({ target }) => {
        set(path, target.checked);
      }}
    />
  );
}

/** A name in each language; a plain text stands for both. */
export function LabelControl(props: ControlProps) {
  const t = useT();
  const { set } = useEdit();
  const write = useWrite(props);
  const { path, value, title } = props;
  const said = (language: "zh" | "en"): string =>
    typeof value === "object" && value !== null
      ? asText((value as Record<string, unknown>)[language])
      : asText(value);
  const change = (language: "zh" | "en", text: string): void => {
    const other = language === "zh" ? "en" : "zh";
    if (typeof value === "object" && value !== null && text !== "") set([...path, language], text);
    else if (text === "" && said(other) === "") write(null);
    else write(ordered({ [language]: text, [other]: said(other) }));
  };
  return (
    <div className="label-pair">
      {(["zh", "en"] as const).map((language) => (
        <Input
          key={language}
          id={language === "zh" ? idOf(path) : undefined}
          prefix={<span className="muted">{language === "zh" ? "中" : "EN"}</span>}
          aria-label={`${title} · ${t(language === "zh" ? "definition.inChinese" : "definition.inEnglish")}`}
          value={said(language)}
          onChange={({ target }) => {
            change(language, target.value);
          }}
        />
      ))}
    </div>
  );
}

const ordered = ({ zh, en }: Record<string, string>): Record<string, string> => ({
  ...(zh ? { zh } : {}),
  ...(en ? { en } : {}),
});

interface Option {
  value: string;
  label: string;
}

/** What a reference may name: the definitions of a kind, what the product has built in, and the
 * roles that somebody made by hand, for whoever may look at roles. */
function useNames(kind: string | null): Option[] {
  const asked = { enabled: kind !== null };
  const rows = useGet("definitions", "/definitions", { query: { kind: [kind ?? ""] } }, asked);
  const about = useGet(
    "definitions",
    "/definition-kinds/{kind}",
    { path: { kind: kind ?? "" } },
    asked,
  );
  const roles = useGet("access", "/roles", {}, { enabled: kind === "role" });
  if (kind === null) return [];
  const called = new Map((roles.data?.items ?? []).map(({ name, label }) => [name, label]));
  const declared = (rows.data?.items ?? []).map(({ name, label }) => ({
    value: name,
    label: label === name ? name : `${label} · ${name}`,
  }));
  const known = new Set(declared.map(({ value }) => value));
  const given = new Set([...(about.data?.given ?? []), ...called.keys()]);
  const others = [...given].filter((name) => !known.has(name));
  return [
    ...declared,
    ...others.map((name) => ({
      value: name,
      label: called.has(name) ? `${called.get(name)} · ${name}` : name,
    })),
  ];
}

const optionsOf = (shape: Shape): Option[] =>
  shape.is === "choice"
    ? shape.values.map((value) => ({
        value,
        label: wordFor(shape.words, value) ? `${wordFor(shape.words, value)} · ${value}` : value,
      }))
    : [];

const drawn = ({ value, label }: { value?: unknown; label?: ReactNode }) => (
  <>
    <Drawing icon={String(value)} size={16} /> {label}
  </>
);

export function ChoiceControl({ shape, ...props }: ControlProps & { shape: Shape }) {
  const t = useT();
  const write = useWrite(props);
  const names = useNames(shape.is === "reference" ? shape.kind : null);
  const options = shape.is === "reference" ? names : optionsOf(shape);
  const text = asText(props.value);
  const unknown = text !== "" && !options.some(({ value }) => value === text);
  return (
    <Select
      id={idOf(props.path)}
      aria-label={props.title}
      value={text === "" ? null : text}
      allowClear={!props.required}
      placeholder={props.otherwise ?? t("word.choose")}
      options={unknown ? [{ value: text, label: text }, ...options] : options}
      showSearch={{ optionFilterProp: "label" }}
      {...(shape.is === "choice" && shape.icons ? { optionRender: drawn, labelRender: drawn } : {})}
      onChange={(chosen) => {
        write(chosen ?? null);
      }}
    />
  );
}

/** Several plain values; where one alone may stand without a list, it stays as it was written. */
export function SeveralControl({ shape, ...props }: ControlProps & { shape: Shape }) {
  const t = useT();
  const { set, remove } = useEdit();
  const { path, value, title, required } = props;
  const names = useNames(shape.is === "reference" ? shape.kind : null);
  const options = shape.is === "reference" ? names : optionsOf(shape);
  const free = shape.is === "text" || shape.is === "duration";
  const entries = listOf(value).map(asText);
  return (
    <Select
      id={idOf(path)}
      aria-label={title}
      mode={free ? "tags" : "multiple"}
      value={entries}
      placeholder={props.otherwise ?? (free ? t("definition.typeAndEnter") : t("word.choose"))}
      options={free ? [] : options}
      showSearch={{ optionFilterProp: "label" }}
      {...(free ? { open: false, suffixIcon: null, tokenSeparators: [",", "，"] } : {})}
      onChange={(chosen: string[]) => {
        if (chosen.length === 0 && !required) remove(path);
        else if (chosen.length === 1 && typeof value === "string") set(path, chosen[0]);
        else set(path, chosen);
      }}
    />
  );
}

/** A value of any shape, written as YAML; taken when it can be read. */
export function AnyControl(props: ControlProps) {
  const t = useT();
  const write = useWrite(props);
  const kept = props.value === undefined ? "" : valueText(props.value);
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && readYaml(typed).mistake !== null;
  const take = (): void => {
    if (typed === null || wrong) return;
    write(typed.trim() === "" ? null : readYaml(typed).data);
    setTyped(null);
  };
  return (
    <>
      <Input
        id={idOf(props.path)}
        className="mono"
        value={typed ?? kept}
        placeholder={props.otherwise}
        onChange={({ target }) => {
          setTyped(target.value);
        }}
        onBlur={take}
        onPressEnter={take}
      />
      {wrong ? <span className="field-wrong">{t("definition.noYaml")}</span> : null}
    </>
  );
}
