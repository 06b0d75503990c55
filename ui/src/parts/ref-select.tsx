/** Choose an item, a business system or a person by typing part of the name. */
import { Select } from "antd";
import { useEffect, useState } from "react";
import { useGet } from "@/api/queries";
import { useT } from "@/language";

/** A thing to choose: by its name, with a word that tells it from its namesakes. */
interface Choice {
  value: string;
  label: string;
  note?: string;
}

interface Props {
  of: "items" | "systems" | "accounts" | "subjects";
  /** Narrow items to these types. */
  types?: readonly string[];
  value?: string | null;
  onChange?: (value: string | null) => void;
  id?: string;
  placeholder?: string;
  "aria-label"?: string;
  "data-filter"?: string;
  className?: string;
  allowClear?: boolean;
  disabled?: boolean;
}

interface Person {
  id: string;
  display_name: string;
  user_name: string;
}

interface Thing {
  id: string;
  name: string;
  type_label?: string;
}

const person = ({ id, display_name, user_name }: Person): Choice => ({
  value: id,
  label: display_name || user_name,
});

const thing = ({ id, name, type_label }: Thing): Choice => ({
  value: id,
  label: name,
  ...(type_label ? { note: type_label } : {}),
});

/** What the typed letters find, once the list is open. */
function useFound(of: Props["of"], types: readonly string[], q: string, open: boolean) {
  const query = { q, limit: 30 };
  const asked = (kind: Props["of"]) => ({ enabled: open && of === kind, keep: true });
  const accounts = useGet("access", "/accounts", { query }, asked("accounts"));
  const systems = useGet("board", "/boards/systems", {}, asked("systems"));
  const items = useGet(
    "items",
    "/items",
    { query: { ...query, type: [...types] } },
    { enabled: open && (of === "items" || of === "subjects"), keep: true },
  );
  const tickets = useGet("tickets", "/tickets", { query }, asked("subjects"));
  const found = {
    accounts: accounts.data?.items.map(person),
    systems: systems.data?.items.map(thing),
    items: items.data?.items.map(thing),
    subjects: items.data &&
      tickets.data && [
        ...items.data.items.map(thing),
        ...tickets.data.items.map(({ id, number, title }) => ({
          value: id,
          label: title,
          note: number,
        })),
      ],
  };
  return {
    found: found[of] ?? [],
    busy: [accounts, systems, items, tickets].some(({ isFetching }) => isFetching),
  };
}

/** What is chosen already, when the list does not hold it: a value in the address, a saved form. */
function useChosen(of: Props["of"], value: string | null, known: boolean): Choice | undefined {
  const wanted = value !== null && value !== "" && !known;
  const account = useGet(
    "access",
    "/accounts/{account_id}",
    { path: { account_id: value ?? "" } },
    { enabled: wanted && of === "accounts" },
  ).data;
  const item = useGet(
    "items",
    "/items/{item_id}",
    { path: { item_id: value ?? "" } },
    { enabled: wanted && (of === "items" || of === "systems") },
  ).data;
  const subject = useGet(
    "access",
    "/audit-subjects",
    { query: { id: [value ?? ""] } },
    { enabled: wanted && of === "subjects" },
  ).data?.items[0];
  if (!wanted) return undefined;
  if (of === "subjects") {
    return subject && { value: subject.id, label: subject.name, note: subject.kind_label };
  }
  return of === "accounts" ? account && person(account) : item && thing(item);
}

/** The text as it was a moment ago, so that not every letter asks the server. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setSettled(typed);
    }, 180);
    return () => {
      window.clearTimeout(timer);
    };
  }, [typed]);
  return settled;
}

export function RefSelect({
  of,
  types = [],
  value = null,
  onChange,
  allowClear = true,
  ...rest
}: Props) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const { found, busy } = useFound(of, types, useSettled(typed), open);
  const chosen = useChosen(
    of,
    value,
    found.some((choice) => choice.value === value),
  );
  return (
    <Select<string | null, Choice>
      {...rest}
      allowClear={allowClear}
      value={value}
      loading={busy && open}
      showSearch={{
        filterOption: of === "systems",
        optionFilterProp: "label",
        onSearch: setTyped,
      }}
      onOpenChange={setOpen}
      notFoundContent={t("form.searchItem")}
      onChange={(next) => onChange?.(next ?? null)}
      options={chosen ? [chosen, ...found] : found}
      optionRender={(option) => (
        <span className="ref-option">
          <span>{option.label}</span> <small className="muted">{option.data.note}</small>
        </span>
      )}
    />
  );
}
