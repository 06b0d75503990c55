/** Draws a form from a definition's fields: one control for each attribute type. */
import { Checkbox, DatePicker, Form, Input, InputNumber, Select } from "antd";
import type { FormInstance, Rule } from "antd/es/form";
import dayjs, { type Dayjs } from "dayjs";
import type { ReactNode } from "react";
import type { Problem } from "@/api/problem";
import { useT, type Translate } from "@/language";
import { NumberControl } from "./number-control";
import { RefSelect } from "./ref-select";

export type Values = Record<string, unknown>;

/** What draws one control; attributes, ticket fields and parameters of templates all fit. */
export interface Field {
  name: string;
  label: string;
  type: string;
  required?: boolean;
  choices?: readonly { value: string; label: string }[];
  unit?: string | null;
  to?: readonly string[];
  help?: string | null;
  default?: unknown;
}

const day = (value: unknown): Dayjs | null =>
  typeof value === "string" && value !== "" ? dayjs(value) : null;
/** DatePicker speaks dayjs; the API speaks text. */
const dated = (format: "day" | "instant") => ({
  getValueProps: (value: unknown) => ({ value: day(value) }),
  normalize: (value: unknown) =>
    dayjs.isDayjs(value)
      ? format === "day"
        ? value.format("YYYY-MM-DD")
        : value.toISOString()
      : null,
});

const ACCOUNT_TYPES = new Set(["account", "person-account", "accounts"]);

function reference(field: Field): ReactNode {
  const to = field.to ?? [];
  const account = to.some((type) => ACCOUNT_TYPES.has(type));
  return account ? <RefSelect of="accounts" /> : <RefSelect of="items" types={to} />;
}

function control(field: Field, t: Translate): ReactNode {
  switch (field.type) {
    case "number":
      return <NumberControl unit={field.unit ?? ""} />;
    case "port":
      return <InputNumber min={1} max={65_535} precision={0} style={{ width: "100%" }} />;
    case "choice":
      return (
        <Select
          allowClear={!field.required}
          placeholder={t("word.choose")}
          options={[...(field.choices ?? [])]}
          showSearch={{ optionFilterProp: "label" }}
        />
      );
    case "date":
      return <DatePicker style={{ width: "100%" }} />;
    case "datetime":
      return <DatePicker showTime style={{ width: "100%" }} />;
    case "longtext":
      return <Input.TextArea autoSize={{ minRows: 3, maxRows: 14 }} />;
    case "secret":
      return (
        <Input.Password autoComplete="new-password" placeholder={t("form.leaveEmptySecret")} />
      );
    case "reference":
      return reference(field);
    case "email":
      return <Input type="email" inputMode="email" />;
    case "phone":
      return <Input type="tel" inputMode="tel" />;
    case "url":
      return <Input type="url" inputMode="url" />;
    case "list":
      return (
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", " "]} />
      );
    case "boolean":
      return <Checkbox>{field.label}</Checkbox>;
    default:
      return <Input />;
  }
}

function rules(field: Field, t: Translate): Rule[] {
  return field.required
    ? [{ required: true, message: t("form.missing", { label: field.label }) }]
    : [];
}

/**
 * What a new thing is sent with: a field that has a default and was emptied says so, else it would
 * be filled in again.
 */
export function saidOf(fields: readonly Field[], entered: Values = {}): Values {
  const emptied = fields
    .filter((field) => (field.default ?? null) !== null && entered[field.name] === undefined)
    .map(({ name }) => [name, null]);
  return { ...entered, ...(Object.fromEntries(emptied) as Values) };
}

/**
 * One field. `path` places it inside the form's values, as ["fields", name]; a `fresh` one begins
 * with its default.
 */
export function FieldControl({
  field,
  path,
  disabled,
  fresh,
  note,
}: {
  field: Field;
  path?: string[];
  disabled?: boolean;
  fresh?: boolean;
  /** What is to be said of it now, beside its help. */
  note?: ReactNode;
}) {
  const t = useT();
  const extra =
    field.type === "date" ? dated("day") : field.type === "datetime" ? dated("instant") : {};
  const boolean = field.type === "boolean";
  return (
    <Form.Item
      name={path ?? field.name}
      label={boolean ? undefined : field.label}
      help={undefined}
      extra={
        note ? (
          <>
            {field.help} {note}
          </>
        ) : (
          (field.help ?? undefined)
        )
      }
      rules={rules(field, t)}
      {...(fresh ? { initialValue: field.default ?? undefined } : {})}
      {...(boolean ? { valuePropName: "checked" } : {})}
      {...extra}
      {...(disabled ? { className: "field-read" } : {})}
    >
      {control(field, t)}
    </Form.Item>
  );
}

/** Put the server's words beside the fields they speak of; answer whether all found a place. */
export function placeProblems(
  form: FormInstance,
  problem: Problem,
  prefix: string[] = [],
): boolean {
  const names = new Set(Object.keys(form.getFieldsValue(true) as Values));
  const inner = prefix.length > 0 ? ((form.getFieldValue(prefix) as Values | undefined) ?? {}) : {};
  const placed = problem.problems.map(({ field, message }) => {
    const name = field.split(".").at(-1) ?? field;
    const path =
      name in inner || (prefix.length > 0 && !names.has(name)) ? [...prefix, name] : [name];
    const known = form.getFieldInstance(path) !== undefined || names.has(name) || name in inner;
    if (known) form.setFields([{ name: path, errors: [message] }]);
    return known;
  });
  return placed.length > 0 && placed.every(Boolean);
}
