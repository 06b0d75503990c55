/** A definition that is not there yet: its kind first, then what a small sound one looks like. */
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { Editor } from "./definition-editor";
import "./definitions.css";

function Kinds() {
  const t = useT();
  const { data, error, refetch } = useGet("definitions", "/definition-kinds");
  return (
    <PageFrame lead={t("definition.chooseKind")} ready={data !== undefined || error !== null}>
      {data ? (
        <section className="packs" aria-label={t("definition.kind")}>
          {data.items.map(({ name, label, about }) => (
            <Link key={name} to={`?kind=${name}`} className="panel">
              <b>{label}</b>
              <code>{name}</code>
              <span className="muted">{about}</span>
            </Link>
          ))}
        </section>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}

function Begun({ kind }: { kind: string }) {
  const { data, error, refetch } = useGet("definitions", "/definition-kinds/{kind}", {
    path: { kind },
  });
  return (
    <PageFrame
      lead={data ? `${data.label}：${data.about}` : undefined}
      ready={data !== undefined || error !== null}
    >
      {data ? (
        <Editor key={kind} begin={{ kind, text: data.example }} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}

export default function NewDefinitionPage() {
  const [query] = useSearchParams();
  const kind = query.get("kind");
  return kind ? <Begun kind={kind} /> : <Kinds />;
}
