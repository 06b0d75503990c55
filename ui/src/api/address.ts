/** Addresses of the API with their query; lists repeat their name, empty values are left out. */
import { API } from "./paths";

type Scalar = string | number | boolean | null | undefined;
export type Query = Record<string, Scalar | readonly string[]>;

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

export function queryText(query: Record<string, unknown>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const single of values) if (!isEmpty(single)) parts.append(name, String(single));
  }
  return parts.toString();
}

/** `/items/{item_id}` with its blanks filled. */
export const filled = (path: string, blanks: object = {}): string => {
  const values = new Map<string, unknown>(Object.entries(blanks));
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name) ?? "")),
  );
};

export function address(path: string, query: Query = {}): string {
  const text = queryText(query);
  return `${API}${path}${text ? `?${text}` : ""}`;
}
