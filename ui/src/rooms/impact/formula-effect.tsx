/** What saving would change, and what is wrong with what was written. */
import { Link } from "react-router";
import type { FormulaChecked } from "@/api/types";
import { useT } from "@/language";
import { between } from "@/parts/names";

function Mistakes({ of }: { of: FormulaChecked["mistakes"] }) {
  const t = useT();
  return (
    <ul className="formula-mistakes" role="alert">
      {of.map((each) => (
        <li key={`${each.line}-${each.column}-${each.message}`}>
          {each.line > 0 ? (
            <b>{t("formula.place", { line: each.line, column: each.column })} </b>
          ) : null}
          {each.message}
        </li>
      ))}
    </ul>
  );
}

export function FormulaEffect({ checked }: { checked: FormulaChecked }) {
  const t = useT();
  const { effect, mistakes } = checked;
  if (mistakes.length > 0) return <Mistakes of={mistakes} />;
  if (!effect) return null;
  return (
    <section className="card" data-effect={effect.cells.length + effect.more}>
      <h2>{t("formula.effect")}</h2>
      {effect.cells.length === 0 ? <p>{t("formula.noEffect")}</p> : null}
      <ul>
        {effect.cells.map(({ item, service, before, after }) => (
          <li key={`${item.id}-${service.id}`}>
            <Link to={`/items/${item.id}`}>{item.name}</Link> → {service.name}：
            <b>
              {before ?? t("formula.blank")} → {after ?? t("formula.blank")}
            </b>
          </li>
        ))}
      </ul>
      {effect.more > 0 ? <p>{t("formula.more", { n: effect.more })}</p> : null}
      {effect.circle.length > 0 ? (
        <p className="formula-warning">
          ⚠ {t("formula.circle")}
          {effect.circle
            .map(({ needing, needed }) => `${needing.name} → ${needed.name}`)
            .join(between())}
        </p>
      ) : null}
      {effect.doubts.map((doubt) => (
        <p
          className="formula-warning"
          key={`${doubt.kind}-${doubt.items.map(({ id }) => id).join()}`}
        >
          ⚠ {t(`formula.doubts.${doubt.kind}`)}
          {doubt.items.map(({ name }) => name).join(between())}
        </p>
      ))}
    </section>
  );
}
