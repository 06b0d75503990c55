/** What a check found: mistakes with their places, what would change, what would be lost. */
import type { DefinitionDifference, DefinitionMistake } from "@/api/types";
import { useT } from "@/language";

interface MistakesProps {
  found: DefinitionDifference;
  /** Goes to the place of a mistake. */
  onPick?: (problem: DefinitionMistake) => void;
  /** The words for a path; without it the place in the text is shown. */
  told?: (path: string) => string;
}

function where({ file, line, column, path }: DefinitionMistake, told?: (path: string) => string) {
  const own = file === "text" || file === null;
  if (told && own && path !== "") return told(path);
  const at = line === null ? "" : `${own ? "" : `${file}:`}${line}:${column ?? 1}`;
  return [at, path].filter(Boolean).join(" ");
}

export function Mistakes({ found, onPick, told }: MistakesProps) {
  const t = useT();
  const problems = found.problems ?? [];
  if (problems.length === 0) return <p role="status">✓ {t("definition.noMistake")}</p>;
  return (
    <div role="alert" className="refused">
      <b>{t("definition.mistakes", { n: problems.length })}</b>
      <ul>
        {problems.map((problem, place) => {
          const at = where(problem, told);
          return (
            <li key={place}>
              {onPick && at && problem.file === "text" ? (
                <button
                  type="button"
                  className="mistake-place"
                  onClick={() => {
                    onPick(problem);
                  }}
                >
                  {at}
                </button>
              ) : (
                <code>{at}</code>
              )}{" "}
              {problem.message}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function Consequences({ found }: { found: DefinitionDifference }) {
  const t = useT();
  const sound = (found.problems ?? []).length === 0;
  if (sound && found.changes.length === 0) return <p>{t("definition.unchanged")}</p>;
  return found.changes.map((change) => (
    <details key={`${change.kind}/${change.name}`} className="version" open>
      <summary>
        {change.kind}/{change.name} · {change.pack}
        {change.dependents.length > 0
          ? ` · ${t("definition.touches")}${change.dependents
              .map(({ count, label }) => `${count} ${label}`)
              .join("，")}`
          : ""}
      </summary>
      <pre className="yaml" tabIndex={0}>
        {change.diff}
      </pre>
    </details>
  ));
}
