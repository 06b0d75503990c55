/** The one list of the product: filter, sort, columns, views, export, paging, live rows. */
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { Query } from "@/api/address";
import type { Asked, ListPath } from "@/api/paths";
import { usePages } from "@/api/queries";
import { useT } from "@/language";
import { Glyph } from "@/parts/marks";
import { usePhone } from "@/parts/phone";
import { useReady } from "@/parts/ready";
import { Empty, Failed, Waiting } from "@/parts/states";
import { readState, sortText, writeState, type ListState } from "./address";
import { ChoiceBar, useChoice } from "./choice";
import { Cards, Table } from "./rows";
import { Toolbar } from "./toolbar";
import type { ListSpec } from "./types";
import "./list.css";

export function useListState(
  names: readonly string[],
  initial?: Partial<Record<string, string>>,
): [ListState, (next: Partial<ListState>) => void] {
  const [params, setParams] = useSearchParams();
  const state = readState(params, names, initial);
  /** Back undoes one step of narrowing; the letters of a search are one step together. */
  const set = (next: Partial<ListState>): void => {
    const typing = next.q !== undefined && next.q !== "" && state.q !== "";
    const step = (next.filters !== undefined || next.q !== undefined) && !typing;
    setParams(writeState({ ...state, ...next }, params, initial), { replace: !step });
  };
  return [state, set];
}

/** Fetch the next page when the end of the list comes into view. */
function useEndInView(act: () => void, active: boolean) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (!active || !end.current) return undefined;
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) latest.current();
    });
    watcher.observe(end.current);
    return () => {
      watcher.disconnect();
    };
  }, [active]);
  return end;
}

/** The address holds text; which names and values a list takes, its specification has said. */
const askedOf = <Path extends ListPath>(spec: ListSpec<Path>, query: Query): Asked<Path> =>
  ({ path: spec.blanks, query }) as unknown as Asked<Path>;

function Cleared({ clear }: { clear: () => void }) {
  const t = useT();
  return (
    <button type="button" className="button" onClick={clear}>
      {t("list.clear")}
    </button>
  );
}

const NONE: never[] = [];

/** A filtered list is no sign of calm: what is wrong outside of it is counted. */
function Hidden({ said, show }: { said: string; show: () => void }) {
  const t = useT();
  return (
    <div className="list-hidden" role="status" data-field="abnormal-hidden">
      <Glyph shape="triangle" tone="red" />
      <span>{said}</span>
      <button type="button" className="button" data-act="show-abnormal" onClick={show}>
        {t("list.showAbnormal")}
      </button>
    </div>
  );
}

export function List<Path extends ListPath>({ spec }: { spec: ListSpec<Path> }) {
  const t = useT();
  const phone = usePhone();
  const filters = spec.filters ?? [];
  const [state, setState] = useListState(
    filters.map((filter) => filter.name),
    spec.initial,
  );
  const query = {
    ...spec.fixed,
    ...state.filters,
    q: state.q,
    sort: sortText(state.sort) ?? spec.usualSort,
  };
  const {
    data,
    error,
    refetch,
    hasNextPage,
    fetchNextPage,
    isFetchingNextPage,
    isPlaceholderData,
  } = usePages(spec.topic, spec.path, askedOf(spec, { ...query, limit: phone ? 30 : 100 }));
  const rows = data?.rows;
  const { choosing } = spec;
  const choice = useChoice(rows ?? NONE, spec.rowKey, choosing?.most);
  /** On the phone a touch of a card opens it, until one has said that several are to be chosen. */
  const [chooses, setChooses] = useState(false);
  const picks = choosing && (!phone || chooses) ? choice : undefined;
  const end = useEndInView(() => void fetchNextPage(), hasNextPage && !isFetchingNextPage);
  useReady(!spec.inside && (rows !== undefined || error !== null));
  const shown = spec.columns.filter((column) =>
    state.columns ? state.columns.includes(column.key) : !column.hidden,
  );
  const clear = (): void => {
    setState({ filters: {}, q: "" });
  };
  const filtered = Object.keys(state.filters).length > 0 || state.q !== "";

  return (
    <section className="list panel" data-list={spec.page} aria-busy={isPlaceholderData}>
      <Toolbar
        spec={spec}
        filters={filters}
        state={state}
        onChange={setState}
        query={query}
        shown={shown}
        problem={rows ? null : error}
        {...(choosing && phone && !chooses && rows?.length
          ? {
              onChoose: () => {
                setChooses(true);
              },
            }
          : {})}
      />
      {spec.abnormal && data && data.hidden > 0 ? (
        <Hidden
          said={spec.abnormal.said(data.hidden)}
          show={() => {
            setState({ q: "", filters: { ...spec.abnormal?.filters } as ListState["filters"] });
          }}
        />
      ) : null}
      {!rows ? (
        error ? (
          <Failed
            problem={error}
            again={() => void refetch()}
            action={filtered && error.final ? <Cleared clear={clear} /> : null}
            called={(field) => filters.find(({ name }) => name === field)?.label ?? field}
          />
        ) : (
          <div className="list-wait">
            <Waiting lines={7} />
          </div>
        )
      ) : rows.length === 0 ? (
        filtered ? (
          <Empty
            icon="search"
            title={t("list.empty")}
            hint={t("list.emptyHint")}
            action={<Cleared clear={clear} />}
          />
        ) : (
          <Empty title={spec.empty.title} hint={spec.empty.hint} action={spec.empty.action} />
        )
      ) : phone ? (
        <Cards rows={rows} spec={spec} sort={state.sort} choice={picks} />
      ) : (
        <Table
          rows={rows}
          columns={shown}
          spec={spec}
          choice={picks}
          sort={state.sort}
          onSort={(sort) => {
            setState({ sort });
          }}
        />
      )}
      {rows && rows.length > 0 ? (
        <div className="list-end" ref={end}>
          {hasNextPage ? (
            <button
              type="button"
              className="button"
              disabled={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {t(isFetchingNextPage ? "word.loading" : "word.loadMore")}
            </button>
          ) : null}
          <span className="muted" data-field="total">
            {typeof data?.total === "number"
              ? t(data.atLeast ? "list.shownOfMore" : "list.shownOf", {
                  n: rows.length,
                  total: data.total,
                })
              : t("list.shown", { n: rows.length })}
          </span>
        </div>
      ) : null}
      {choosing && rows && picks ? (
        <ChoiceBar
          choice={picks}
          rows={rows}
          acts={choosing.acts}
          onEnd={() => {
            setChooses(false);
          }}
        />
      ) : null}
    </section>
  );
}
