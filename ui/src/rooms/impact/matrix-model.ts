/** The matrix as it is drawn: rows of cells, narrowed by what one asks for. */
import type { ImpactMatrix, MatrixItem, MatrixService } from "@/api/types";

export type Letter = "X" | "M" | "A";
export const LETTERS: readonly Letter[] = ["X", "M", "A"];

export interface Row {
  item: MatrixItem;
  /** What it does, by the place of the system. */
  cells: ReadonlyMap<number, Letter>;
}

export interface Narrowing {
  layer: string | null;
  words: string;
  onlySingles: boolean;
}

const isLetter = (text: string | undefined): text is Letter =>
  text === "X" || text === "M" || text === "A";

/** Rows in the order of the answer: the most critical first. */
export function rowsOf(matrix: ImpactMatrix): Row[] {
  const cells = matrix.items.map(() => new Map<number, Letter>());
  const { items = [], services = [], cells: letters = "" } = matrix.columns ?? {};
  items.forEach((item, at) => {
    const [service, letter] = [services[at], letters[at]];
    if (service !== undefined && isLetter(letter)) cells[item]?.set(service, letter);
  });
  return matrix.items.map((item, at) => ({ item, cells: cells[at] ?? new Map() }));
}

export function narrowed(rows: readonly Row[], { layer, words, onlySingles }: Narrowing): Row[] {
  const wanted = words.trim().toLowerCase();
  return rows.filter(
    ({ item }) =>
      (layer === null || item.layer === layer) &&
      (!onlySingles || item.totals.single > 0) &&
      (wanted === "" ||
        item.name.toLowerCase().includes(wanted) ||
        item.key.toLowerCase().includes(wanted)),
  );
}

/** The systems that one of these rows does something to; places among all of them. */
export function hitBy(rows: readonly Row[]): number[] {
  return [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b);
}

/** Layers that have a row, each once, in the order of the rows. */
export function layersOf(rows: readonly Row[]): { value: string; label: string }[] {
  const found = new Map(rows.map(({ item }) => [item.layer, item.layer_label]));
  return [...found].map(([value, label]) => ({ value, label }));
}

/** Of each system the layers of restricted items, with the worst that they do. */
export function hiddenOf(matrix: ImpactMatrix): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { service, layer_label, cell } of matrix.hidden) {
    found.set(service, [...(found.get(service) ?? []), `${layer_label} ${cell}`]);
  }
  return found;
}

export const singlesOf = (services: readonly MatrixService[]): number =>
  services.reduce((sum, { totals }) => sum + totals.single, 0);

export interface Window {
  first: number;
  last: number;
}

/** Which of so many lines of a size are in sight, with some before and after. */
export function inSight(offset: number, room: number, size: number, count: number): Window {
  const first = Math.max(Math.floor(offset / size) - 4, 0);
  return { first, last: Math.min(Math.ceil((offset + room) / size) + 4, count) };
}
