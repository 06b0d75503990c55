/** One click for the usual periods; two instants for any other. */
import { DatePicker, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { PRESETS, readPeriod, type Preset } from "./period";

const NAMES = Object.keys(PRESETS) as Preset[];

export function PeriodPicker() {
  const t = useT();
  const phone = usePhone();
  const [params, setParams] = useSearchParams();
  const period = readPeriod(params);
  const [custom, setCustom] = useState(period.preset === null);
  const write = (values: Record<string, string>): void => {
    const next = new URLSearchParams(params);
    for (const name of ["range", "from", "to"]) next.delete(name);
    for (const [name, value] of Object.entries(values)) next.set(name, value);
    setParams(next, { replace: true });
  };
  const choose = (name: string): void => {
    setCustom(name === "custom");
    if (name !== "custom") write({ range: name });
  };
  const between = (range: [Dayjs | null, Dayjs | null] | null): void => {
    if (range?.[0] && range[1]) write({ from: range[0].toISOString(), to: range[1].toISOString() });
  };
  const options = [...NAMES, "custom" as const].map((name) => ({
    value: name,
    label: t(`chart.${name}`),
  }));
  const current = custom ? "custom" : (period.preset ?? "custom");
  return (
    <div className="period" role="group" aria-label={t("chart.range")}>
      {phone ? (
        <Select value={current} options={options} onChange={choose} aria-label={t("chart.range")} />
      ) : (
        <div className="switch">
          {options.map(({ value, label }) => (
            <button
              key={value}
              type="button"
              aria-pressed={current === value}
              data-range={value}
              onClick={() => {
                choose(value);
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {custom ? (
        <DatePicker.RangePicker
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          onChange={between}
          placeholder={[t("chart.from"), t("chart.to")]}
          value={period.preset === null ? [dayjs(period.from), dayjs(period.to)] : null}
        />
      ) : null}
    </div>
  );
}
