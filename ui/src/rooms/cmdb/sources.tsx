/** Where items come from: which source stands over which, and what each knows. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { ItemSource } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { Icon } from "@/parts/icon";
import { PageFrame } from "@/parts/page";
import { Empty, Failed, Waiting } from "@/parts/states";
import { Ago } from "@/parts/time";
import "./sources.css";

function Start() {
  const t = useT();
  return (
    <Link className="button button-main" to="/definitions/new?kind=source">
      <Icon name="imports" size={16} />
      {t("source.start")}
    </Link>
  );
}

function Source({ source }: { source: ItemSource }) {
  const t = useT();
  const facts: [string, React.ReactNode][] = [
    [t("source.rank"), <b key="rank">{source.rank}</b>],
    [t("source.load"), t(`source.loads.${source.load}` as TextKey)],
    [t("source.vanished"), t(`source.gone.${source.vanished}` as TextKey)],
    [t("source.items"), source.items],
    [t("source.missing"), source.missing],
    [t("source.seen"), source.seen_at ? <Ago key="seen" at={source.seen_at} /> : "–"],
  ];
  return (
    <li className="card source" data-source={source.name}>
      <h2>
        <Link to={`/definitions/source/${source.name}`}>{source.label}</Link>
        <span className="spring" />
        {source.owner ? <span className="muted">{source.owner}</span> : null}
      </h2>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {source.name === "hand" || source.name === "discovery" ? null : (
        <Link className="button" to={`/imports/new?source=${source.name}`}>
          {t("source.import")}
        </Link>
      )}
    </li>
  );
}

export default function SourcesPage() {
  const t = useT();
  const found = useGet("imports", "/sources");
  const sources = found.data?.items;
  return (
    <PageFrame
      lead={t("source.about")}
      actions={<Start />}
      ready={sources !== undefined || found.error !== null}
    >
      {found.error ? (
        <Failed problem={found.error} again={() => void found.refetch()} />
      ) : sources === undefined ? (
        <Waiting />
      ) : sources.length === 0 ? (
        <Empty title={t("source.empty")} hint={t("source.emptyHint")} />
      ) : (
        <ul className="sources">
          {sources.map((source) => (
            <Source key={source.name} source={source} />
          ))}
        </ul>
      )}
    </PageFrame>
  );
}
