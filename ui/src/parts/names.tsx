/** Several things in the room of one line: the first few by name, all of them on hovering. */
import { currentLanguage, useT } from "@/language";

const SHOWN = 3;

/** What stands between the names of a line. */
export const between = (): string => (currentLanguage() === "en" ? ", " : "、");

/** What stands between the parts of a sentence. */
export const betweenClauses = (): string => (currentLanguage() === "en" ? "; " : "；");

export function Names({ of, shown = SHOWN }: { of: readonly { name: string }[]; shown?: number }) {
  const t = useT();
  const names = of.map(({ name }) => name);
  if (names.length === 0) return "–";
  if (names.length <= shown) return names.join(between());
  const some = names.slice(0, shown).join(between());
  return (
    <span title={names.join(between())}>
      {t("word.amongOthers", { names: some, n: names.length })}
    </span>
  );
}
