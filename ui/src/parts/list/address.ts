/** The list's whole state is in the address: filters, search, order and columns. */
import type { SortKey } from "./types";

/** An address that says `all=1` was cleared on purpose, so the initial filters stay away. */
export const CLEARED = "all";

/** What belongs to the page around a list, and so is left alone. */
const OF_THE_PAGE = ["tab", "range", "from", "to"] as const;

export interface ListState {
  q: string;
  sort: SortKey | null;
  columns: string[] | null;
  filters: Record<string, string[]>;
}

export function parseSort(text: string | null): SortKey | null {
  if (!text) return null;
  return text.startsWith("-") ? { by: text.slice(1), down: true } : { by: text, down: false };
}

export const sortText = (sort: SortKey | null): string | null =>
  sort ? `${sort.down ? "-" : ""}${sort.by}` : null;

export function readState(
  params: URLSearchParams,
  names: readonly string[],
  initial: Partial<Record<string, string>> = {},
): ListState {
  const filters: Record<string, string[]> = {};
  for (const name of names) {
    const values = params.getAll(name).filter((value) => value !== "");
    if (values.length > 0) filters[name] = values;
  }
  const untouched = Object.keys(filters).length === 0 && !params.has("q") && !params.has(CLEARED);
  if (untouched)
    for (const [name, value] of Object.entries(initial)) if (value) filters[name] = [value];
  return {
    q: params.get("q") ?? "",
    sort: parseSort(params.get("sort")),
    columns: params.get("columns")?.split(",").filter(Boolean) ?? null,
    filters,
  };
}

export function writeState(
  state: ListState,
  before: URLSearchParams,
  initial: Partial<Record<string, string>> = {},
): URLSearchParams {
  const next = new URLSearchParams();
  for (const name of OF_THE_PAGE) {
    const value = before.get(name);
    if (value) next.set(name, value);
  }
  for (const [name, values] of Object.entries(state.filters))
    for (const value of values) next.append(name, value);
  if (state.q) next.set("q", state.q);
  const sort = sortText(state.sort);
  if (sort) next.set("sort", sort);
  if (state.columns) next.set("columns", state.columns.join(","));
  const nothing = Object.keys(state.filters).length === 0 && !state.q;
  if (nothing && Object.keys(initial).length > 0) next.set(CLEARED, "1");
  return next;
}

/** A click on a column's head: up, down, and back to the usual order. */
export function nextSort(current: SortKey | null, by: string): SortKey | null {
  if (current?.by !== by) return { by, down: false };
  return current.down ? null : { by, down: true };
}
