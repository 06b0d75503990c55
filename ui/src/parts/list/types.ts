/** What a page tells the shared list about its records. */
import type { ReactNode } from "react";
import type { Topic } from "@/api/queries";

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

export interface Filter {
  name: string;
  label: string;
  options?: readonly FilterOption[];
  /** One value only. */
  single?: boolean;
  /** Choose among things of the CMDB or among people by typing. */
  remote?: "items" | "systems" | "accounts";
}

export interface ListSpec<T> {
  /** Names the list for its saved views. */
  page: string;
  topic: Topic;
  path: string;
  /** Always part of the question, not shown in the address. */
  fixed?: Record<string, string>;
  /** The order while none is chosen, in the API's words. */
  usualSort?: string;
  /** Filters as they stand when the address names none. */
  initial?: Record<string, string>;
  columns: readonly Column<T>[];
  filters?: readonly Filter[];
  rowKey: (row: T) => string;
  href?: (row: T) => string;
  /** The record as a card, for the phone. */
  card: (row: T) => ReactNode;
  empty: { title: string; hint: string; action?: ReactNode };
  searchable?: boolean;
  /** Leave titles, readiness and the address to the page around (a list inside a page). */
  inside?: boolean;
}

export interface SortKey {
  by: string;
  down: boolean;
}
