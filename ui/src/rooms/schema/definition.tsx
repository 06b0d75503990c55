/** One definition as the YAML text that its pack holds. */
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { useCalled } from "./called";
import { Dependents, Versions } from "./past";
import { Retire } from "./retire";
import "./definitions.css";

/** Comments and keys stand out; everything else is left as it is written. */
function YamlLine({ line }: { line: string }) {
  const comment = /(^|\s)#.*$/.exec(line);
  const body = comment ? line.slice(0, comment.index) : line;
  const key = /^(\s*(?:- )?)([\w.-]+)(:)/.exec(body);
  return (
    <>
      {key ? (
        <>
          {key[1]}
          <span className="yaml-key">{key[2]}</span>:{body.slice(key[0].length)}
        </>
      ) : (
        body
      )}
      {comment ? <span className="yaml-comment">{comment[0]}</span> : null}
      {"\n"}
    </>
  );
}

export default function DefinitionPage() {
  const t = useT();
  const mayEdit = useMay("schema.edit");
  const { kind = "", name = "" } = useParams();
  const { data, error, refetch } = useGet("definitions", "/definitions/{kind}/{name}", {
    path: { kind, name },
  });
  const called = useCalled();
  const copy = (): void => {
    void navigator.clipboard?.writeText(data?.text ?? "").then(() => {
      toast(t("word.copied"));
    });
  };
  return (
    <PageFrame
      title={data?.label ?? name}
      ready={data !== undefined || error !== null}
      lead={
        <>
          {called.kind(kind)} <code>{name}</code>
          {data ? (
            <span className="muted">
              {" "}
              · {t("definition.pack")} {called.pack(data.pack)} · v{data.version}
            </span>
          ) : null}
        </>
      }
      actions={
        data ? (
          <>
            <button type="button" className="button" onClick={copy}>
              {t("word.copy")}
            </button>
            {mayEdit && !data.retired_at ? (
              <>
                <Retire kind={kind} name={name} label={data.label} version={data.version} />
                <Link
                  className="button button-main"
                  to={`/definitions/${kind}/${encodeURIComponent(name)}/edit`}
                >
                  {t("word.edit")}
                </Link>
              </>
            ) : null}
          </>
        ) : null
      }
    >
      {data ? (
        <>
          {data.retired_at ? (
            <p className="card retired" role="status">
              {t("definition.retired", { by: data.retired_by ?? "" })} <At at={data.retired_at} />
            </p>
          ) : null}
          <section className="card">
            <h2>{t("definition.text")}</h2>
            <pre className="yaml" tabIndex={0}>
              {data.text.split("\n").map((line, place) => (
                <YamlLine key={place} line={line} />
              ))}
            </pre>
          </section>
          <Dependents kind={kind} name={name} />
          <Versions kind={kind} name={name} />
        </>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
