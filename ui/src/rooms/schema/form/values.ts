/** Plain values by the steps that lead to them. */
export type Step = string | number;
export type Path = readonly Step[];

export type Mapping = Record<string, unknown>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `data` with `value` at `path`; what is missing on the way is made. */
export function put(data: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list: unknown[] = Array.isArray(data) ? [...(data as unknown[])] : [];
    list[step] = put(list[step], rest, value);
    return list;
  }
  const known = isMapping(data) ? data : {};
  return { ...known, [step]: put(known[step], rest, value) };
}

/** `data` without what is at `path`. */
export function take(data: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(data)) {
    return rest.length === 0
      ? (data as unknown[]).filter((_entry, at) => at !== step)
      : (data as unknown[]).map((entry, at) => (at === step ? take(entry, rest) : entry));
  }
  if (!isMapping(data)) return data;
  const entries = Object.entries(data)
    .filter(([key]) => rest.length > 0 || key !== String(step))
    .map(([key, value]) => [key, key === String(step) ? take(value, rest) : value]);
  return Object.fromEntries(entries) as unknown;
}

/** Whether two values say the same, in the same order. */
export const same = (value: unknown, other: unknown): boolean => spelled(value) === spelled(other);

const spelled = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));

/** `states[0].label` as steps. */
export function steps(dotted: string): Path {
  return [...dotted.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, place]) =>
    place === undefined ? (name ?? "") : Number(place),
  );
}

/** Steps as messages write them: `states[0].label`. */
export const dotted = (path: Path): string =>
  path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");

export const begins = (path: Path, start: Path): boolean =>
  start.every((step, at) => path[at] === step);

/** The entries of a list, one that stands without a list, or none. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return value === null || value === undefined ? [] : [value];
}
