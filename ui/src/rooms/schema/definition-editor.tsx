/** Writes one definition, as a form or as its YAML text: a new one, a changed one, a renamed one. */
import { useDeferredValue, useMemo, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { queryClient, useGet } from "@/api/queries";
import type { DefinitionMistake } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { useDiscarding } from "@/parts/unsaved";
import { byLine, PLACE, useActs, type Edited } from "./acts";
import { useCalled } from "./called";
import { Advice, Consequences, Mistakes } from "./consequences";
import { DefinitionForm, NoForm, whyOf } from "./definition-form";
import { readDefinition } from "./form/reading";
import { shapeOf, titled, type Schema } from "./form/shape";
import { steps, type Path } from "./form/values";
import { useKeptText, useLeaving } from "./kept-text";
import { namedIn } from "./text";
import { TextEditor, type Place } from "./text-editor";
import "./definitions.css";

const MODE = "wardround.definition.mode";
type Mode = "form" | "text";

/** As the reader worked last. */
function useMode(): [Mode, (mode: Mode) => void] {
  const [mode, setMode] = useState<Mode>(localStorage.getItem(MODE) === "text" ? "text" : "form");
  return [
    mode,
    (next) => {
      localStorage.setItem(MODE, next);
      setMode(next);
    },
  ];
}

interface EditorProps {
  was?: Edited;
  /** The kind of a new definition and the text it begins with. */
  begin?: { kind: string; text: string };
}

export function Editor({ was, begin }: EditorProps) {
  const t = useT();
  const navigate = useNavigate();
  const [mode, setMode] = useMode();
  const kept = useKeptText(
    was ? `${was.kind}/${was.name}` : `new/${begin?.kind ?? ""}`,
    was?.text ?? begin?.text ?? "",
    was?.version ?? null,
  );
  const discard = useDiscarding();
  const [consent, setConsent] = useState(false);
  const [place, setPlace] = useState<Place | null>(null);
  const [field, setField] = useState<Path | null>(null);
  const acts = useActs({ text: kept.text, consent }, was, (now) => {
    kept.forget();
    toast(t("word.saved"));
    // Stale, not asked again: the page that is left may speak of a name that is no more.
    void queryClient.invalidateQueries({ queryKey: ["definitions"], refetchType: "none" });
    void navigate(`/definitions/${now.kind}/${encodeURIComponent(now.name)}`);
  });
  const { kind, name } = namedIn(kept.text);
  useLeaving(kept, was?.name ?? name);
  const about = useGet(
    "definitions",
    "/definition-kinds/{kind}",
    { path: { kind: was?.kind ?? kind } },
    { enabled: (was?.kind ?? kind) !== "" },
  );
  const schema = about.data?.shape as Schema | undefined;
  const shape = useMemo(() => schema && shapeOf(schema), [schema]);
  const problems = acts.found?.problems ?? [];
  const mistakes = problems
    .filter(({ file }) => file === "text" || file === null)
    .map(({ path, message }) => ({ path: steps(path), message }));
  // The form needs what is written now; beside the text it may come a moment later.
  const typed = useDeferredValue(kept.text);
  const text = mode === "form" ? kept.text : typed;
  const reading = useMemo(() => readDefinition(text), [text]);
  const unnamed = kind === "" || name === "";
  const write = (text: string): void => {
    kept.change(text);
    setConsent(false);
    acts.forget();
  };
  const { mistake } = reading;
  const unread =
    mistake === null || mistake.why === "large"
      ? null
      : t("definition.unread", { line: mistake.line, why: whyOf(t, mistake) });
  const wrong = byLine(problems);
  if (unread && mistake && !wrong.has(mistake.line)) wrong.set(mistake.line, unread);
  const goToText = (to: Place): void => {
    setMode("text");
    setPlace({ ...to });
  };
  const go = (problem: DefinitionMistake): void => {
    if (mode === "form" && problem.path !== "") setField([...steps(problem.path)]);
    else if (problem.line !== null) {
      goToText({ line: problem.line, column: problem.column ?? 1 });
    }
  };
  const places = {
    onPick: go,
    ...(mode === "form" && shape ? { told: (path: string) => titled(shape, steps(path)) } : {}),
  };
  return (
    <section className="card definition-editor">
      <div className="definition-head">
        <div className="switch" role="group" aria-label={t("definition.mode")}>
          {(["form", "text"] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              onClick={() => {
                setMode(each);
              }}
            >
              {t(`definition.as.${each}`)}
            </button>
          ))}
        </div>
        <span className="muted">{t(`definition.editHint.${mode}`)}</span>
      </div>
      {kept.restored ? (
        <p className="kept" role="status">
          {t(kept.outdated ? "definition.keptOutdated" : "definition.kept")}{" "}
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              discard(kept.giveUp);
            }}
          >
            {t("definition.giveUp")}
          </button>
        </p>
      ) : null}
      {kept.unkept ? (
        <p className="kept" role="status">
          {t("definition.unkept")}
        </p>
      ) : null}
      {mode === "text" ? (
        <TextEditor text={kept.text} onChange={write} wrong={wrong} look={place} />
      ) : shape ? (
        <DefinitionForm
          shape={shape}
          text={kept.text}
          reading={reading}
          onText={goToText}
          onChange={write}
          mistakes={mistakes}
          look={field}
        />
      ) : reading.mistake ? (
        <NoForm mistake={reading.mistake} onText={goToText} />
      ) : about.error ? (
        <Failed problem={about.error} />
      ) : unnamed ? null : (
        <Waiting />
      )}
      {mode === "text" && unread ? (
        <p className="field-wrong" role="status">
          {unread}
        </p>
      ) : null}
      {unnamed ? <p role="status">{t("definition.unnamed")}</p> : null}
      <div className="definition-found">
        {acts.refused ? (
          <p className="refused" role="alert">
            {acts.refused.message}
          </p>
        ) : null}
        {acts.found ? (
          <>
            <Mistakes found={acts.found} {...places} />
            <Advice found={acts.found} {...places} />
            <Consequences found={acts.found} />
          </>
        ) : null}
        {acts.found?.needs_consent ? (
          <label className="consent">
            <input
              type="checkbox"
              checked={consent}
              onChange={({ target }) => {
                setConsent(target.checked);
              }}
            />
            {t("definition.consent", { lost: acts.found.lost })}
          </label>
        ) : null}
      </div>
      <div className="definition-acts">
        <button
          type="button"
          className="button"
          disabled={unnamed || acts.busy}
          onClick={acts.check}
        >
          {t("definition.check")}
        </button>
        <button
          type="button"
          className="button button-main"
          disabled={unnamed || acts.busy}
          onClick={acts.keep}
        >
          {t("word.save")}
        </button>
        {problems.length > 0 ? (
          <span className="field-wrong">{t("definition.mistakes", { n: problems.length })}</span>
        ) : null}
      </div>
    </section>
  );
}

export default function DefinitionEditorPage() {
  const { kind = "", name = "" } = useParams();
  const { data, error, refetch } = useGet("definitions", PLACE, { path: { kind, name } });
  const called = useCalled();
  // What was opened stays open while others save: the version that is sent tells the server so.
  const [opened, setOpened] = useState(data);
  if (data && opened?.name !== name) setOpened(data);
  return (
    <PageFrame
      title={opened?.label ?? name}
      ready={opened !== undefined || error !== null}
      lead={
        <>
          {called.kind(kind)} <code>{name}</code>
        </>
      }
    >
      {opened ? (
        <Editor key={`${kind}/${opened.name}`} was={opened} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
