/** What a check found: mistakes and advice with their places, what would change and be lost. */
import type { DefinitionDifference, DefinitionMistake } from "@/api/types";
import { useT } from "@/language";
import { useCalled } from "./called";

interface MistakesProps {
  found: DefinitionDifference;
  /** Goes to the place of a mistake. */
  onPick?: (problem: DefinitionMistake) => void;
  /** The words for a path; without it the place in the text is shown. */
  told?: (path: string) => string;
  /** They are what refers to a definition that is to go. */
  referring?: boolean;
}

function where({ file, line, column, path }: DefinitionMistake, told?: (path: string) => string) {
  const own = file === "text" || file === null;
  if (told && own && path !== "") return told(path);
  const at = line === null ? "" : `${own ? "" : `${file}:`}${line}:${column ?? 1}`;
  return [at, path].filter(Boolean).join(" ");
}

/**
 * What many places of a file share is told once, at the first of them; the text that is written
 * comes before other files.
 */
function gathered(problems: readonly DefinitionMistake[]) {
  const found = new Map<string, { problem: DefinitionMistake; times: number }>();
  const own = problems.filter(({ file }) => file === "text");
  for (const problem of [...own, ...problems.filter(({ file }) => file !== "text")]) {
    const { file, line, path, message } = problem;
    const alike = file === "text" ? [line, path, message] : [file, message];
    const key = JSON.stringify(alike);
    const known = found.get(key);
    if (known) known.times += 1;
    else found.set(key, { problem, times: 1 });
  }
  return [...found.values()];
}

function Places({
  problems,
  onPick,
  told,
}: Omit<MistakesProps, "found" | "referring"> & { problems: readonly DefinitionMistake[] }) {
  return (
    <ul>
      {gathered(problems).map(({ problem, times }, place) => {
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
            {times > 1 ? <b> ×{times}</b> : null}
          </li>
        );
      })}
    </ul>
  );
}

export function Mistakes({ found, referring = false, ...places }: MistakesProps) {
  const t = useT();
  const problems = found.problems ?? [];
  if (problems.length === 0) return <p role="status">✓ {t("definition.noMistake")}</p>;
  return (
    <div role="alert" className="refused">
      <b>
        {t(referring ? "definition.references" : "definition.mistakes", { n: problems.length })}
      </b>
      <Places problems={problems} {...places} />
    </div>
  );
}

/** What is no mistake and can be saved, and is probably not what was meant. */
export function Advice({ found, ...places }: MistakesProps) {
  const t = useT();
  const advice = found.advice ?? [];
  if (advice.length === 0) return null;
  return (
    <div role="note" className="advice">
      <b>{t("definition.advice")}</b>
      <Places problems={advice} {...places} />
    </div>
  );
}

export function Consequences({ found }: { found: DefinitionDifference }) {
  const t = useT();
  const called = useCalled();
  const sound = (found.problems ?? []).length === 0;
  if (sound && found.changes.length === 0) return <p>{t("definition.unchanged")}</p>;
  return found.changes.map((change) => (
    <details key={`${change.kind}/${change.name}`} className="version" open>
      <summary>
        {called.kind(change.kind)} <code>{change.name}</code> · {called.pack(change.pack)}
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
