/** A range in an address: `4..8`, `4..` or `..8`, ends included; a bare `4` is exactly that. */
export interface Range {
  low: string;
  high: string;
}

export function readRange(text: string | undefined): Range {
  if (text === undefined) return { low: "", high: "" };
  const [low = "", high = low] = text.split("..", 2);
  return { low, high };
}

/** Empty when neither end is given. */
export const rangeText = ({ low, high }: Range): string =>
  low === "" && high === "" ? "" : low === high ? low : `${low}..${high}`;
