/** Writes one definition as its YAML text: a new one, a changed one, or one under a new name. */
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import type { Definition, DefinitionDifference } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { Consequences, Mistakes } from "./consequences";
import { blankDefinition, namedIn } from "./text";
import "./definitions.css";

type Edited = Pick<Definition, "kind" | "name" | "text" | "version">;

interface Draft {
  text: string;
  consent: boolean;
}

/** Where a text is sent, and what it says about the version that was opened. */
function sent({ text, consent }: Draft, was: Edited | undefined) {
  const { kind, name } = namedIn(text);
  const renamed_from = was && was.name !== name ? was.name : "";
  return {
    params: { path: { kind: was?.kind ?? kind, name } },
    body: { text, consent, renamed_from, base_version: was?.version ?? null },
  };
}

export function Editor({ was }: { was?: Edited }) {
  const t = useT();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>({ text: was?.text ?? blankDefinition, consent: false });
  const [found, setFound] = useState<DefinitionDifference | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const place = "/definitions/{kind}/{name}";
  const look = useSend(
    () => answered(api.POST(`${place}/check`, sent({ ...draft, consent: false }, was))),
    [],
  );
  const save = useSend(
    () => answered(api.PUT(place, sent(draft, was))),
    ["definitions", "items", "tickets", "alerts", "targets", "access"],
  );
  const { kind, name } = namedIn(draft.text);
  const unnamed = kind === "" || name === "";
  const check = (): void => {
    setRefused(null);
    look.mutate(undefined, { onSuccess: setFound, onError: setRefused });
  };
  const keep = (): void => {
    setRefused(null);
    save.mutate(undefined, {
      onSuccess: (saved) => {
        toast(t("word.saved"));
        void navigate(`/definitions/${saved.kind}/${encodeURIComponent(saved.name)}`);
      },
      onError: (problem) => {
        setRefused(problem);
        check();
      },
    });
  };
  return (
    <section className="card definition-editor">
      <label htmlFor="definition-text">{t("definition.text")}</label>
      <p className="muted">{t("definition.editHint")}</p>
      <textarea
        id="definition-text"
        className="yaml"
        rows={22}
        spellCheck={false}
        value={draft.text}
        onChange={({ target }) => {
          setDraft({ text: target.value, consent: false });
          setFound(null);
        }}
      />
      {unnamed ? <p role="status">{t("definition.unnamed")}</p> : null}
      {refused ? (
        <p className="refused" role="alert">
          {refused.message}
        </p>
      ) : null}
      {found ? <Mistakes found={found} /> : null}
      {found ? <Consequences found={found} /> : null}
      {found?.needs_consent ? (
        <label className="consent">
          <input
            type="checkbox"
            checked={draft.consent}
            onChange={({ target }) => {
              setDraft({ ...draft, consent: target.checked });
            }}
          />
          {t("definition.consent", { lost: found.lost })}
        </label>
      ) : null}
      <div className="definition-acts">
        <button
          type="button"
          className="button"
          disabled={unnamed || look.isPending}
          onClick={check}
        >
          {t("definition.check")}
        </button>
        <button
          type="button"
          className="button button-main"
          disabled={unnamed || save.isPending}
          onClick={keep}
        >
          {t("word.save")}
        </button>
      </div>
    </section>
  );
}

export default function DefinitionEditorPage() {
  const { kind = "", name = "" } = useParams();
  const { data, error, refetch } = useGet("definitions", "/definitions/{kind}/{name}", {
    path: { kind, name },
  });
  return (
    <PageFrame title={data?.label ?? name} ready={data !== undefined || error !== null}>
      {data ? (
        <Editor key={data.version} was={data} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
