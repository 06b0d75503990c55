/** What stands above a list. On the phone the filters fold away behind one button. */
import { Button, Checkbox, Input, Popover } from "antd";
import { useEffect, useState } from "react";
import { address, filled, type Query } from "@/api/address";
import type { ListPath, RowOf } from "@/api/paths";
import type { Problem } from "@/api/problem";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { between } from "@/parts/names";
import { usePhone } from "@/parts/phone";
import type { ListState } from "./address";
import { ExpressionField } from "./expression-field";
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
  /** What the server refused. */
  problem: Problem | null;
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

interface AskingProps extends Pick<Props<ListPath>, "state" | "onChange" | "problem"> {
  filter: Filter;
}

/** The expression of a list, under its other filters. */
function Asking({ filter, state, onChange, problem }: AskingProps) {
  const { [filter.name]: given, ...others } = state.filters;
  return (
    <ExpressionField
      name={filter.name}
      label={filter.label}
      value={given?.[0] ?? ""}
      vocabulary={filter.expression ?? { names: [] }}
      problem={problem}
      onChange={(expression) => {
        onChange({ filters: expression ? { ...others, [filter.name]: [expression] } : others });
      }}
    />
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
  problem,
}: Props<Path>) {
  const t = useT();
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  const [asks, setAsks] = useState(false);
  const asking = filters.find((filter) => filter.expression);
  const active = Object.keys(state.filters).length;
  const chosen = {
    format: "xlsx",
    columns: shown
      .flatMap((column) => (column.export === false ? [] : [column.export ?? column.key]))
      .join(","),
  };
  if (spec.inside && spec.searchable === false && filters.length === 0 && !onChoose) return null;
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
        ? filters
            .filter((filter) => !filter.expression)
            .map((filter) => (
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
      {asking && !phone ? (
        <Button
          data-act="expression"
          aria-expanded={asks || asking.name in state.filters}
          disabled={asking.name in state.filters}
          onClick={() => {
            setAsks(!asks);
          }}
        >
          {asking.label}
        </Button>
      ) : null}
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
      {phone || (spec.inside && !spec.exported) ? null : (
        <span className="list-acts">
          {spec.inside ? null : (
            <>
              <Views page={spec.page} />
              <ColumnChooser spec={spec} shown={shown} onChange={onChange} />
            </>
          )}
          <Button
            href={address(filled(spec.path, spec.blanks ?? {}), { ...query, ...chosen })}
            download
            data-act="export"
          >
            {t("list.export")}
          </Button>
        </span>
      )}
      {asking && (phone ? open : asks || asking.name in state.filters) ? (
        <Asking filter={asking} state={state} onChange={onChange} problem={problem} />
      ) : null}
    </div>
  );
}
