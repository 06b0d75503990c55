/** Choose an item, a business system or a person by typing part of the name. */
import { Select } from "antd";
import { useEffect, useState } from "react";
import { useGet } from "@/api/queries";
import type { Page } from "@/api/types";
import { useT } from "@/language";

interface Named {
  id: string;
  name?: string;
  display_name?: string;
  user_name?: string;
  type_label?: string;
}

interface Props {
  of: "items" | "systems" | "accounts";
  /** Narrow items to these types. */
  types?: readonly string[];
  value?: string | null;
  onChange?: (value: string | null) => void;
  id?: string;
  placeholder?: string;
  className?: string;
  allowClear?: boolean;
  disabled?: boolean;
}

const nameOf = (one: Named): string => one.display_name ?? one.name ?? one.user_name ?? one.id;

function useChosenName(
  of: Props["of"],
  value: string | null | undefined,
  known: boolean,
): Named | undefined {
  const path = of === "accounts" ? "/accounts" : "/items";
  return useGet<Named>(
    of === "accounts" ? "access" : "items",
    `${path}/${value ?? ""}`,
    {},
    { enabled: Boolean(value) && !known },
  ).data;
}

export function RefSelect({ of, types = [], value, onChange, allowClear = true, ...rest }: Props) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setQ(typed);
    }, 180);
    return () => {
      window.clearTimeout(timer);
    };
  }, [typed]);
  const path = of === "accounts" ? "/accounts" : of === "systems" ? "/boards/systems" : "/items";
  const query =
    of === "systems" ? {} : { q, limit: 30, ...(of === "items" ? { type: types } : {}) };
  const { data, isFetching } = useGet<Page<Named>>(
    of === "accounts" ? "access" : "items",
    path,
    query,
    { enabled: open, keep: true },
  );
  const found = data?.items ?? [];
  const chosen = useChosenName(
    of,
    value,
    found.some((one) => one.id === value),
  );
  const all = chosen && !found.some((one) => one.id === chosen.id) ? [chosen, ...found] : found;
  const local = of === "systems";
  return (
    <Select
      {...rest}
      allowClear={allowClear}
      value={value ?? null}
      loading={isFetching && open}
      showSearch={{ filterOption: local, optionFilterProp: "label", onSearch: setTyped }}
      onOpenChange={setOpen}
      notFoundContent={t("form.searchItem")}
      onChange={(next: string | null | undefined) => onChange?.(next ?? null)}
      options={all.map((one) => ({ value: one.id, label: nameOf(one), note: one.type_label }))}
      optionRender={(option) => (
        <span className="ref-option">
          <span>{option.label}</span>{" "}
          <small className="muted">{(option.data as { note?: string }).note}</small>
        </span>
      )}
    />
  );
}
