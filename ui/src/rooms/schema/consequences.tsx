/** What a check found: mistakes with their places, what would change, what would be lost. */
import type { DefinitionDifference } from "@/api/types";
import { useT } from "@/language";

export function Mistakes({ found }: { found: DefinitionDifference }) {
  const t = useT();
  const problems = found.problems ?? [];
  if (problems.length === 0) return <p role="status">✓ {t("definition.noMistake")}</p>;
  return (
    <div role="alert" className="refused">
      <b>{t("definition.mistakes", { n: problems.length })}</b>
      <ul>
        {problems.map((problem, place) => (
          <li key={place}>
            {problem.line === null ? null : (
              <code>
                {problem.file === "text" ? "" : `${problem.file ?? ""}:`}
                {problem.line}:{problem.column}
              </code>
            )}{" "}
            {problem.path ? <code>{problem.path}</code> : null} {problem.message}
          </li>
        ))}
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
