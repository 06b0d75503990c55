/** How long a system is down a year by the failure figures of what it needs, and what matters most. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { ServiceFigures } from "@/api/types";
import { useT, type Translate } from "@/language";
import { between } from "@/parts/names";
import { Empty, Failed, Waiting } from "@/parts/states";

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** With items that count as never failing every figure is a lower bound, and is called so. */
function said(t: Translate, figures: ServiceFigures, value: string): string {
  return figures.missing.length > 0 ? t("tree.atLeast", { value }) : value;
}

function Missing({ figures }: { figures: ServiceFigures }) {
  const t = useT();
  const n = figures.missing.length + figures.more_missing;
  if (n === 0) return null;
  return (
    <p role="note">
      {t("tree.missing", { n, all: figures.items })}
      {figures.missing.map(({ id, name }, place) => (
        <span key={id}>
          {place > 0 ? between() : ""}
          <Link to={`/items/${id}`}>{name}</Link>
        </span>
      ))}
      {figures.more_missing > 0 ? t("service.more", { n: figures.more_missing }) : ""}
    </p>
  );
}

function Totals({ figures }: { figures: ServiceFigures }) {
  const t = useT();
  const { unavailability, minutes_per_year, low, high, switches_per_year, by_order } = figures;
  const orders = (by_order ?? []).flatMap((n, place) =>
    n > 0 ? [t("tree.order", { order: place + 1, n })] : [],
  );
  return (
    <dl className="tree-totals">
      <dt>{t("tree.unavailable")}</dt>
      <dd>
        {unavailability === null
          ? low === null || high === null
            ? t("tree.noTime")
            : `${short(low)} – ${short(high)}`
          : said(t, figures, short(unavailability))}
      </dd>
      {minutes_per_year === null ? null : (
        <>
          <dt>{t("tree.minutesYear")}</dt>
          <dd>{said(t, figures, t("tree.minutesN", { n: short(minutes_per_year) }))}</dd>
        </>
      )}
      {switches_per_year ? (
        <>
          <dt>{t("tree.switches")}</dt>
          <dd>{said(t, figures, t("tree.times", { n: short(switches_per_year) }))}</dd>
        </>
      ) : null}
      {orders.length > 0 ? (
        <>
          <dt>{t("tree.orders")}</dt>
          <dd>
            {orders.join(between())}
            {figures.exact || figures.complete_to === null
              ? null
              : ` · ${t("tree.ordersTo", { order: figures.complete_to })}`}
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function Weights({ figures }: { figures: ServiceFigures }) {
  const t = useT();
  if (figures.weights.length === 0) return <p className="muted">{t("tree.noWeights")}</p>;
  const heads = ["item", "fussell", "birnbaum", "share", "mtbf", "mttr"] as const;
  return (
    <div className="tree-weights">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head}>{t(`tree.${head}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.weights.map((each, place) => (
            <tr key={each.part.item?.id ?? place}>
              <td>
                {each.part.item ? (
                  <Link to={`/items/${each.part.item.id}`}>{each.part.item.name}</Link>
                ) : (
                  each.part.layer_label
                )}
                {each.of_type ? <small className="muted"> {t("tree.ofType")}</small> : null}
              </td>
              <td>{`${each.exact ? "" : "≤ "}${short(each.fussell_vesely)}`}</td>
              <td>{short(each.birnbaum)}</td>
              <td>{short(each.unavailability)}</td>
              <td>{short(each.between_failures)}</td>
              <td>{short(each.to_repair)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function TreeFigures({ service }: { service: string }) {
  const t = useT();
  const { data, error, refetch } = useGet("items", "/impact/services/{item_id}/dependability", {
    path: { item_id: service },
  });
  if (!data) {
    return error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting lines={4} />;
  }
  if (!data.told) return <Empty icon="matrix" title={t("tree.untold")} />;
  return (
    <section className="card tree-figures">
      <Missing figures={data} />
      <Totals figures={data} />
      <h2>{t("tree.weights")}</h2>
      <Weights figures={data} />
    </section>
  );
}
