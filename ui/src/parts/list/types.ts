/** What a page tells the shared list about its records. */
import type { ReactNode } from "react";
import type { Choosing } from "./choice";
import type { BlanksOf, ListPath, QueryOf, RowOf } from "@/api/paths";
import type { Topic } from "@/api/queries";
import type { Vocabulary } from "./expression";

export interface Column<T> {
  key: string;
  label: string;
  render: (row: T) => ReactNode;
  /** The API's name to sort by; without it the column does not sort. */
  sort?: string;
  width?: number | string;
  right?: boolean;
  /** Its name in the exported workbook; the key unless told, false when it is for the screen only. */
  export?: string | false;
  /** Not shown until chosen. */
  hidden?: boolean;
}

export interface FilterOption {
  value: string;
  label: string;
}

/** Names by which the list at a path can be narrowed; a mistyped one does not compile. */
export type FilterName<Path extends ListPath> =
  | Exclude<keyof QueryOf<Path> & string, "limit" | "cursor" | "sort" | "q" | "format" | "columns">
  | (Path extends "/items" ? `attribute.${string}` : never);

export interface Filter<Name extends string = string> {
  name: Name;
  label: string;
  options?: readonly FilterOption[];
  /** One value only. */
  single?: boolean;
  /** Choose among things of the CMDB or among people by typing. */
  remote?: "items" | "systems" | "accounts" | "subjects";
  /** Narrow the items to choose among to these types. */
  types?: readonly string[];
  /** Between two ends: `4..8` in the address. */
  range?: "number" | "day" | "instant";
  /** A moment: from then on, or before then. */
  moment?: boolean;
  /** Text that the reader types as it stands. */
  text?: boolean;
  /** An expression; what its words may be. */
  expression?: Vocabulary;
}

/** How rows are drawn. */
export interface RowSpec<T> {
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  href?: (row: T) => string;
  /** What a record stands under while nobody has chosen an order; rows come group by group. */
  groupOf?: (row: T) => string;
  /** The record as a card, for the phone. */
  card: (row: T) => ReactNode;
  /** Several can be chosen and something be done with them. */
  choosing?: Choosing<T> | undefined;
}

export interface ListSpec<Path extends ListPath> extends RowSpec<RowOf<Path>> {
  /** Names the list for its saved views. */
  page: string;
  topic: Topic;
  path: Path;
  /** What fills the blanks of the path. */
  blanks?: BlanksOf<Path>;
  /** Always part of the question, not shown in the address. */
  fixed?: Partial<QueryOf<Path>>;
  /** The order while none is chosen, in the API's words. */
  usualSort?: string;
  /** Filters as they stand when the address names none. */
  initial?: Partial<Record<FilterName<Path>, string>>;
  filters?: readonly Filter<FilterName<Path>>[];
  empty: { title: string; hint: string; action?: ReactNode };
  /** What the server counts as wrong: how many of it filters hide is said, with a way to see it. */
  abnormal?: {
    said: (n: number) => string;
    filters: Partial<Record<FilterName<Path>, string[]>>;
  };
  searchable?: boolean;
  /** What a search looks into, in words; shown where one types. */
  searched?: readonly string[];
  /** Leave titles, readiness and the address to the page around (a list inside a page). */
  inside?: boolean;
  /** Inside a page: it can be exported from there, too. */
  exported?: boolean;
}

export interface SortKey {
  by: string;
  down: boolean;
}
