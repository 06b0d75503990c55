/** What depends on a definition, and which versions it has had. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { At } from "@/parts/time";

interface Which {
  kind: string;
  name: string;
}

function address({ kind, name }: Which): string {
  return `/definitions/${kind}/${encodeURIComponent(name)}`;
}

export function Dependents(which: Which) {
  const t = useT();
  const { data } = useGet("definitions", "/definitions/{kind}/{name}/dependents", {
    path: { ...which },
  });
  if (!data) return null;
  const nothing = data.complete && data.things.length + data.definitions.length === 0;
  return (
    <section className="card">
      <h2>{t("definition.dependents")}</h2>
      {nothing ? <p className="muted">{t("definition.independent")}</p> : null}
      {data.complete ? null : <p className="muted">{t("definition.seenInPart")}</p>}
      <ul className="dependents">
        {data.things.map((thing) => (
          <li key={thing.thing}>
            <b>{thing.count}</b> {thing.label}
          </li>
        ))}
        {data.definitions.map((referring) => (
          <li key={`${referring.kind}/${referring.name}`}>
            <span className="muted">{referring.kind_label}</span>{" "}
            <Link to={address(referring)}>
              {referring.label === referring.name ? <code>{referring.name}</code> : referring.label}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Versions(which: Which) {
  const t = useT();
  const { data } = useGet("definitions", "/definitions/{kind}/{name}/versions", {
    path: { ...which },
  });
  if (!data) return null;
  return (
    <section className="card">
      <h2>{t("definition.versions")}</h2>
      {data.items.map((version) => (
        <details key={version.version} className="version">
          <summary>
            v{version.version} · <At at={version.at} /> · {version.by}
            {version.current ? <b> · {t("definition.current")}</b> : null}
          </summary>
          <pre className="yaml" tabIndex={0}>
            {version.diff}
          </pre>
        </details>
      ))}
    </section>
  );
}
