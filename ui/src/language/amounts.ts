/** Large amounts as people write them, nothing of their value lost: 64 GiB, 1.554 Mbit/s. */

interface Scale {
  base: number;
  names: readonly string[];
}

/** Of units that are counted in millions and more; what is written without a unit is of the first. */
const SCALES: Readonly<Record<string, Scale>> = {
  B: { base: 1024, names: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] },
  "bit/s": { base: 1000, names: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"] },
};

export const isScaled = (unit: string | null | undefined): boolean => !!unit && unit in SCALES;

/** In the largest unit in which three decimals tell it whole. */
export function amount(value: number, unit: string): string {
  const scale = SCALES[unit];
  if (!scale || !Number.isFinite(value)) return `${String(value)} ${unit}`;
  for (let rank = scale.names.length - 1; rank > 0; rank -= 1) {
    const size = value / scale.base ** rank;
    if (Math.abs(size) >= 1 && Number(size.toFixed(3)) * scale.base ** rank === value) {
      return `${String(Number(size.toFixed(3)))} ${scale.names[rank] ?? ""}`;
    }
  }
  return `${String(value)} ${scale.names[0] ?? unit}`;
}

const WRITTEN = /^([+-]?[\d,]*\.?\d+)\s*([kmgtp]?)(?:i?b|bps|bits?(?:\/s)?|b\/s)?$/i;

/** What somebody means by `64 GiB`, `64G`, `１.５T`; the text itself where it means nothing. */
export function readAmount(text: string, unit: string): string {
  const scale = SCALES[unit];
  const [, digits, letter] = WRITTEN.exec(text.normalize("NFKC").trim()) ?? [];
  if (!scale || digits === undefined) return text;
  const rank = letter ? "kmgtp".indexOf(letter.toLowerCase()) + 1 : 0;
  return String(Math.round(Number(digits.replaceAll(",", "")) * scale.base ** rank));
}
