/** Beside the matrix: why a cell holds its letter, step by step, and what brings it back. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { CellWhy, ProofPart, ProofStep } from "@/api/types";
import { useT, type Translate } from "@/language";
import { between } from "@/parts/names";
import { Failed, Waiting } from "@/parts/states";

function wordOf(t: Translate, part: ProofPart): string {
  const name = part.item?.name ?? t("impact.restricted", { layer: part.layer_label });
  return part.group ? t("impact.groupOf", { name }) : name;
}

const namesOf = (t: Translate, parts: readonly ProofPart[]): string =>
  parts.map((part) => wordOf(t, part)).join(between());

function Step({ step }: { step: ProofStep }) {
  const t = useT();
  const part = wordOf(t, step.part);
  const said =
    step.down.length + step.cold.length === 0
      ? t("impact.fails", { part })
      : t("impact.downBy", {
          part,
          names: [
            namesOf(t, step.down),
            step.cold.length > 0 ? t("impact.coldNot", { names: namesOf(t, step.cold) }) : "",
          ]
            .filter(Boolean)
            .join(between()),
        });
  return (
    <li>
      {said}
      {step.need !== null && step.there !== null ? (
        <small className="muted">
          {" "}
          {t("impact.needs", { need: step.need, there: step.there })}
        </small>
      ) : null}
    </li>
  );
}

function Parts({ title, parts }: { title: string; parts: readonly ProofPart[] }) {
  const t = useT();
  if (parts.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="why-list">
        {parts.map((part) => (
          <li key={wordOf(t, part)}>
            {part.item ? (
              <Link to={`/items/${part.item.id}`}>{wordOf(t, part)}</Link>
            ) : (
              wordOf(t, part)
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Body({ why }: { why: CellWhy }) {
  const t = useT();
  return (
    <>
      <p className={why.cell ? `why-letter matrix-${why.cell}` : "why-letter"}>
        {why.cell ? <b>{why.cell}</b> : null} {t(why.cell ? `impact.${why.cell}` : "impact.blank")}
      </p>
      {why.proved ? null : <p className="muted">{t("impact.unproved")}</p>}
      <Parts title={t("impact.together")} parts={why.together} />
      {why.proof.length > 0 ? (
        <section>
          <h3>{t(why.cell === "A" ? "impact.proofTogether" : "impact.proof")}</h3>
          {why.more_steps > 0 ? (
            <p className="muted">{t("impact.moreSteps", { n: why.more_steps })}</p>
          ) : null}
          <ol className="why-steps">
            {why.proof.map((step, place) => (
              <Step key={place} step={step} />
            ))}
          </ol>
        </section>
      ) : null}
      {why.switches.length > 0 ? (
        <section>
          <h3>{t("impact.switches")}</h3>
          <ul className="why-list">
            {why.switches.map(({ part, standby, minutes }, place) => (
              <li key={place}>
                {t("impact.switchLine", {
                  part: wordOf(t, part),
                  standby: wordOf(t, standby),
                  n: minutes,
                })}
              </li>
            ))}
          </ul>
          <p>{t("impact.switchAll", { n: why.switch_minutes })}</p>
        </section>
      ) : null}
      <Parts title={t("impact.holds")} parts={why.holds} />
    </>
  );
}

interface Props {
  item: string;
  service: string;
  onClose: () => void;
}

export function WhyPanel({ item, service, onClose }: Props) {
  const t = useT();
  const { data, error, refetch } = useGet(
    "items",
    "/impact/explanation",
    { query: { item, service } },
    { keep: true },
  );
  return (
    <aside className="card why-panel" aria-label={t("impact.why")} data-why={data?.cell ?? ""}>
      <header>
        <h2>
          {data ? (
            <>
              <Link to={`/items/${data.item.id}`}>{data.item.name}</Link> →{" "}
              <Link to={`/items/${data.service.id}`}>{data.service.name}</Link>
            </>
          ) : (
            t("impact.why")
          )}
        </h2>
        <button type="button" className="button-quiet" onClick={onClose}>
          {t("impact.close")}
        </button>
      </header>
      {data ? (
        <>
          <Body why={data} />
          <Link className="button" data-act="what-if" to={`/impact/what-if?failed=${item}`}>
            {t("whatif.itemLink")}
          </Link>
        </>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={4} />
      )}
    </aside>
  );
}
