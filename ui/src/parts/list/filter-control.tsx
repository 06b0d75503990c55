/** The control of one filter: choices, things found by typing, a range, or text. */
import { DatePicker, Input, InputNumber, Select, Space } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useT } from "@/language";
import { RefSelect } from "@/parts/ref-select";
import { rangeText, readRange } from "./range";
import type { Filter } from "./types";

interface Props {
  filter: Filter;
  values: string[];
  onChange: (values: string[]) => void;
}

const listed = (value: string | null | undefined): string[] => (value ? [value] : []);

/** Text that is asked for when it is whole: on Enter, on leaving, on clearing. */
function TextFilter({ filter, values, onChange }: Props) {
  const given = values[0] ?? "";
  const [typed, setTyped] = useState({ given, text: given });
  const text = typed.given === given ? typed.text : given;
  const ask = (next: string): void => {
    if (next.trim() !== given) onChange(listed(next.trim()));
  };
  return (
    <Input
      allowClear
      className="list-filter"
      data-filter={filter.name}
      placeholder={filter.label}
      aria-label={filter.label}
      value={text}
      onChange={(event) => {
        setTyped({ given, text: event.target.value });
        if (event.target.value === "") ask("");
      }}
      onPressEnter={() => {
        ask(text);
      }}
      onBlur={() => {
        ask(text);
      }}
    />
  );
}

function NumberRange({ filter, values, onChange }: Props) {
  const t = useT();
  const { low, high } = readRange(values[0]);
  const change = (from: string, to: string): void => {
    onChange(listed(rangeText({ low: from, high: to })));
  };
  return (
    <Space.Compact className="list-range" data-filter={filter.name}>
      <InputNumber
        value={low === "" ? null : Number(low)}
        changeOnWheel={false}
        controls={false}
        placeholder={`${filter.label} ≥`}
        aria-label={t("list.atLeast", { label: filter.label })}
        onChange={(next) => {
          change(next === null ? "" : String(next), high);
        }}
      />
      <InputNumber
        value={high === "" ? null : Number(high)}
        changeOnWheel={false}
        controls={false}
        placeholder="≤"
        aria-label={t("list.atMost", { label: filter.label })}
        onChange={(next) => {
          change(low, next === null ? "" : String(next));
        }}
      />
    </Space.Compact>
  );
}

const day = (text: string): Dayjs | null => (text === "" ? null : dayjs(text));

function DayRange({ filter, values, onChange }: Props) {
  const t = useT();
  const { low, high } = readRange(values[0]);
  const words = (at: Dayjs | null | undefined, end: boolean): string => {
    if (!at) return "";
    if (filter.range === "day") return at.format("YYYY-MM-DD");
    return (end ? at.endOf("day") : at.startOf("day")).toISOString();
  };
  return (
    <DatePicker.RangePicker
      className="list-range"
      data-filter={filter.name}
      aria-label={filter.label}
      allowEmpty={[true, true]}
      placeholder={[filter.label, t("chart.to")]}
      value={[day(low), day(high)]}
      onChange={(range) => {
        const text = { low: words(range?.[0], false), high: words(range?.[1], true) };
        onChange(listed(rangeText(text)));
      }}
    />
  );
}

/** A moment, to the minute; written in the address as it was meant, whatever zone reads it. */
function MomentFilter({ filter, values, onChange }: Props) {
  return (
    <DatePicker
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      className="list-filter"
      data-filter={filter.name}
      aria-label={filter.label}
      placeholder={filter.label}
      value={day(values[0] ?? "")}
      onChange={(at: Dayjs | null) => {
        onChange(listed(at?.startOf("minute").toISOString()));
      }}
    />
  );
}

function ChoiceFilter({ filter, values, onChange }: Props) {
  const common = {
    allowClear: true,
    className: "list-filter",
    "data-filter": filter.name,
    placeholder: filter.label,
    "aria-label": filter.label,
    options: [...(filter.options ?? [])],
  };
  return filter.single ? (
    <Select<string | null>
      {...common}
      value={values[0] ?? null}
      onChange={(value) => {
        onChange(listed(value));
      }}
    />
  ) : (
    <Select<string[]>
      {...common}
      mode="multiple"
      maxTagCount={1}
      value={values}
      onChange={onChange}
      showSearch={{ optionFilterProp: "label" }}
    />
  );
}

export function FilterControl({ filter, values, onChange }: Props) {
  const same = { filter, values, onChange };
  if (filter.moment) return <MomentFilter {...same} />;
  if (filter.text) return <TextFilter {...same} />;
  if (filter.range === "number") return <NumberRange {...same} />;
  if (filter.range) return <DayRange {...same} />;
  if (!filter.remote) return <ChoiceFilter {...same} />;
  return (
    <RefSelect
      of={filter.remote}
      types={filter.types ?? []}
      className="list-filter"
      data-filter={filter.name}
      placeholder={filter.label}
      aria-label={filter.label}
      value={values[0] ?? null}
      onChange={(value) => {
        onChange(listed(value));
      }}
    />
  );
}
