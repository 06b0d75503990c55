/** What stands above a list. On the phone the filters fold away behind one button. */
import { Button, Checkbox, Input, Popover } from "antd";
import { useEffect, useState } from "react";
import { address, filled, type Query } from "@/api/address";
import type { ListPath, RowOf } from "@/api/paths";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { between } from "@/parts/names";
import { usePhone } from "@/parts/phone";
import type { ListState } from "./address";
import { FilterControl } from "./filter-control";
import type { Column, Filter, ListSpec } from "./types";
import { Views } from "./views";

interface Props<Path extends ListPath> {
  spec: ListSpec<Path>;
  filters: readonly Filter[];
  state: ListState;
  onChange: (next: Partial<ListState>) => void;
  query: Query;
  shown: readonly Column<RowOf<Path>>[];
  /** Begins to choose several. */
  onChoose?: () => void;
}

/** One types on within that; so long a search waits for the next letter. */
const PAUSE_MS = 250;

interface SearchProps {
  value: string;
  /** What is searched, in words. */
  searched: readonly string[] | undefined;
  onSearch: (q: string) => void;
}

function Search({ value, searched, onSearch }: SearchProps) {
  const t = useT();
  const hint = searched ? t("list.searchIn", { names: searched.join(between()) }) : undefined;
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [asked, setAsked] = useState(value);
  if (seen !== value) {
    setSeen(value);
    // What was asked for here must not take away the letters typed since.
    if (value !== asked) {
      setAsked(value);
      setTyped(value);
    }
  }
  const ask = (words: string): void => {
    setAsked(words);
    if (words !== value) onSearch(words);
  };
  useEffect(() => {
    if (typed.trim() === asked) return undefined;
    const pause = setTimeout(() => {
      ask(typed.trim());
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
    };
  });
  return (
    <Input
      className="list-search"
      allowClear
      value={typed}
      placeholder={hint ?? t("list.search")}
      title={hint}
      aria-label={t("list.search")}
      prefix={<Icon name="search" size={14} />}
      onPressEnter={() => {
        ask(typed.trim());
      }}
      onBlur={() => {
        ask(typed.trim());
      }}
      onChange={(event) => {
        setTyped(event.target.value);
        if (event.target.value === "") ask("");
      }}
    />
  );
}

function ColumnChooser<Path extends ListPath>({
  spec,
  shown,
  onChange,
}: Pick<Props<Path>, "spec" | "shown" | "onChange">) {
  const t = useT();
  const content = (
    <div className="chooser">
      <Checkbox.Group
        value={shown.map((column) => column.key)}
        options={spec.columns.map((column) => ({ value: column.key, label: column.label }))}
        onChange={(keys) => {
          if (keys.length > 0) onChange({ columns: keys });
        }}
      />
      <Button
        size="small"
        type="link"
        onClick={() => {
          onChange({ columns: null });
        }}
      >
        {t("list.resetColumns")}
      </Button>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Button data-act="columns">{t("list.columns")}</Button>
    </Popover>
  );
}

export function Toolbar<Path extends ListPath>({
  spec,
  filters,
  state,
  onChange,
  query,
  shown,
  onChoose,
}: Props<Path>) {
  const t = useT();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  const active = Object.keys(state.filters).length;
  const chosen = {
    format: "xlsx",
    columns: shown
      .flatMap((column) => (column.export === false ? [] : [column.export ?? column.key]))
      .join(","),
  };
  if (spec.inside && spec.searchable === false && filters.length === 0) return null;
  return (
    <div className="list-bar">
      {spec.searchable === false ? null : (
        <Search
          value={state.q}
          searched={spec.searched}
          onSearch={(q) => {
            onChange({ q });
          }}
        />
      )}
      {phone && filters.length > 0 ? (
        <Button
          onClick={() => {
            setOpen(!open);
          }}
          aria-expanded={open}
        >
          {t("list.filter")}
          {active > 0 ? ` · ${String(active)}` : ""}
        </Button>
      ) : null}
      {onChoose ? (
        <Button onClick={onChoose} data-act="choose">
          {t("list.chooseMany")}
        </Button>
      ) : null}
      {!phone || open
        ? filters.map((filter) => (
            <FilterControl
              key={filter.name}
              filter={filter}
              values={state.filters[filter.name] ?? []}
              onChange={(values) => {
                const others = Object.entries(state.filters).filter(
                  ([name]) => name !== filter.name,
                );
                onChange({
                  filters: Object.fromEntries(
                    values.length > 0 ? [...others, [filter.name, values]] : others,
                  ),
                });
              }}
            />
          ))
        : null}
      {active > 0 && !phone ? (
        <Button
          type="link"
          onClick={() => {
            onChange({ filters: {} });
          }}
        >
          {t("list.clear")}
        </Button>
      ) : null}
      <span className="spring" />
      {phone || spec.inside ? null : (
        <span className="list-acts">
          <Views page={spec.page} />
          <ColumnChooser spec={spec} shown={shown} onChange={onChange} />
          <Button
            href={address(filled(spec.path, spec.blanks ?? {}), { ...query, ...chosen })}
            download
            data-act="export"
          >
            {t("list.export")}
          </Button>
        </span>
      )}
    </div>
  );
}
