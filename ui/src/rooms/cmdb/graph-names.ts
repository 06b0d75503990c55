/** Names on narrow cards: what many have in common stands in front, what tells them apart behind. */

/** So many halves of a wide character fit a card whole. */
const FITS = 22;
const LONGEST_END = 13;
const USUAL_END = 8;

const width = (text: string): number =>
  [...text].reduce((sum, sign) => sum + ((sign.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0);

/** The part that may be cut, and the end that stays; a name that fits has no end apart. */
export function halves(name: string): [string, string] {
  if (width(name) <= FITS) return [name, ""];
  const signs = [...name];
  const ends = signs.map((_sign, at) => ({ at, size: width(signs.slice(at).join("")) }));
  const within = ends.filter(({ at, size }) => at > 0 && size <= LONGEST_END);
  const word = within.find(({ at, size }) => signs[at] === " " && size > 2);
  const usual = within.find(({ size }) => size <= USUAL_END);
  const cut = (word ?? usual)?.at ?? signs.length;
  return [signs.slice(0, cut).join(""), signs.slice(cut).join("")];
}
