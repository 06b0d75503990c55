/** What stops, switches, limps or loses its protection, and whom that hits. */
import { Link } from "react-router";
import type { NamedItems, WhatIf } from "@/api/types";
import { useT } from "@/language";
import { Glyph, Importance, SERVICES } from "@/parts/marks";
import { Empty } from "@/parts/states";
import { grouped, GROUPS, type Group, type Hit } from "./whatif-model";

const SIGNS = {
  down: SERVICES.down,
  switching: SERVICES.standby,
  degraded: SERVICES.degraded,
  unprotected: SERVICES.degraded,
} as const;
const FEW = 4;

function useNames(): (named: NamedItems) => string {
  const t = useT();
  return ({ items, more, hidden }) => {
    const names = items.slice(0, FEW).map(({ name }) => name);
    const rest = items.length - names.length + more;
    if (rest > 0) names.push(t("service.more", { n: rest }));
    if (hidden.length > 0) names.push(t("service.restricted", { layers: hidden.join("、") }));
    return names.join("、");
  };
}

function Line({ hit, group }: { hit: Hit; group: Group }) {
  const t = useT();
  const names = useNames();
  return (
    <li className="whatif-hit">
      <Link to={`/items/${hit.id}`}>{hit.name}</Link> <Importance value={hit.importance} />
      <small className="soft">
        {hit.switch_minutes === null ? null : (
          <b>{t("whatif.minutes", { n: hit.switch_minutes })} </b>
        )}
        {t("whatif.because", { names: names(hit.causes) })}
        {group === "unprotected" ? (
          <span>
            {" · "}
            {t("whatif.oneMore", { names: names(hit.unprotected) })}
          </span>
        ) : null}
      </small>
    </li>
  );
}

function Departments({ found }: { found: WhatIf }) {
  const t = useT();
  if (found.departments.length === 0 && !found.users_hidden) return null;
  return (
    <section className="card whatif-departments">
      <h2>{t("whatif.departments")}</h2>
      <ul>
        {found.departments.map(({ item, state, systems }) => (
          <li key={item.id} className="whatif-hit">
            <Link to={`/items/${item.id}`}>{item.name}</Link>{" "}
            <span className={`mark tone-${SERVICES[state].tone}`}>
              <Glyph shape={SERVICES[state].shape} size="0.85em" /> {t(`service.${state}`)}
            </span>
            <small className="soft">{systems.map(({ name }) => name).join("、")}</small>
          </li>
        ))}
      </ul>
      {found.users_hidden ? <p className="muted">{t("whatif.hiddenUsers")}</p> : null}
    </section>
  );
}

export function WhatIfResult({ found }: { found: WhatIf }) {
  const t = useT();
  const groups = grouped(found.services);
  const hit = GROUPS.reduce((sum, group) => sum + groups[group].length, 0);
  if (hit === 0) {
    return (
      <div className="panel" data-whatif="nothing">
        <Empty title={t("whatif.nothing")} hint={t("whatif.nothingHint")} />
      </div>
    );
  }
  return (
    <div className="whatif-result" data-whatif="hit">
      {GROUPS.filter((group) => groups[group].length > 0).map((group) => (
        <section key={group} className="card" data-group={group}>
          <h2>
            <span className={`mark mark-quiet tone-${SIGNS[group].tone}`}>
              <Glyph shape={SIGNS[group].shape} size="0.85em" />
              <span>
                {t(`whatif.groups.${group}`)} {groups[group].length}
              </span>
            </span>
          </h2>
          <ul>
            {groups[group].map((each) => (
              <Line key={each.id} hit={each} group={group} />
            ))}
          </ul>
        </section>
      ))}
      <Departments found={found} />
      <p className="muted">{t("whatif.stays", { n: found.services.length - hit })}</p>
    </div>
  );
}
