/** One import: its mapping, what it would do or did by row, and what can be done with it. */
import { Button, Popconfirm } from "antd";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { address } from "@/api/address";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { queryClient, useGet, useSend } from "@/api/queries";
import type { Import } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { ImportLines } from "./import-lines";
import { ImportMapping, LeftOut } from "./import-mapping";
import { Decisions } from "./import-decisions";
import { ImportState, UNDER_WAY, VerdictMark, type Verdict } from "./import-state";
import "./import.css";

const VERDICTS: readonly Verdict[] = ["created", "changed", "unchanged", "refused"];
const OF_SOURCES: readonly Verdict[] = ["proposed", "marked", "retired", "held"];

function Counts({ run }: { run: Import }) {
  return (
    <ul className="import-counts">
      {[...VERDICTS, ...OF_SOURCES.filter((verdict) => run[verdict] > 0)].map((verdict) => (
        <li key={verdict} data-count={verdict}>
          <VerdictMark verdict={verdict} />
          <b>{run[verdict]}</b>
        </li>
      ))}
    </ul>
  );
}

function Progress({ run }: { run: Import }) {
  const t = useT();
  const at = run.progress;
  return (
    <section className="card import-progress" role="status">
      <ImportState state={run.state} />
      {at && (at.step === "reading" || at.step === "checking") ? (
        <progress
          aria-label={t(`import.states.${run.state}`)}
          value={at.done}
          max={Math.max(at.rows, 1)}
        />
      ) : (
        <progress aria-label={t(`import.states.${run.state}`)} />
      )}
      {at ? (
        <p data-progress={at.step}>
          {t(`import.steps.${at.step}`, { done: at.done, rows: at.rows })}
        </p>
      ) : null}
      <p className="muted">
        {run.state === "waiting" && run.ahead > 0
          ? t("import.ahead", { n: run.ahead })
          : t("import.working")}
      </p>
    </section>
  );
}

function Apply({ run }: { run: Import }) {
  const t = useT();
  const apply = useSend(
    () =>
      answered(api.POST("/imports/{import_id}/apply", { params: { path: { import_id: run.id } } })),
    ["imports"],
  );
  const n = run.created + run.changed + run.retired;
  if (n === 0 && !run.source) return <span className="muted">{t("import.nothing")}</span>;
  return (
    <Popconfirm
      title={t("import.applyAsk", {
        created: run.created,
        changed: run.changed,
        refused: run.refused,
      })}
      okText={t("word.confirm")}
      cancelText={t("word.cancel")}
      styles={{ root: { maxWidth: 380 } }}
      onConfirm={() => {
        apply.mutate(undefined, {
          onError: (problem: Problem) => {
            toast(problem.message, "failed");
          },
        });
      }}
    >
      <Button type="primary" data-act="apply" loading={apply.isPending}>
        {t("import.apply", { n })}
      </Button>
    </Popconfirm>
  );
}

function Undo({ run, onRefused }: { run: Import; onRefused: (problem: Problem) => void }) {
  const t = useT();
  const undo = useSend(
    () =>
      answered(api.POST("/imports/{import_id}/undo", { params: { path: { import_id: run.id } } })),
    ["imports", "items", "board"],
  );
  return (
    <Confirmed
      ask={t("import.undoAsk")}
      busy={undo.isPending}
      onYes={() => {
        undo.mutate(undefined, {
          onSuccess: (now) => {
            toast(t(now.state === "undone" ? "import.undone" : "import.undoBegun"));
          },
          onError: onRefused,
        });
      }}
    >
      <span data-act="undo">{t("import.undo")}</span>
    </Confirmed>
  );
}

function Actions({ run, onRefused }: { run: Import; onRefused: (problem: Problem) => void }) {
  const t = useT();
  return (
    <>
      {run.refused > 0 && run.tables.length > 0 ? (
        <a
          className="button"
          data-act="errors"
          href={address(`/imports/${run.id}/errors.xlsx`)}
          title={t("import.errorsHint")}
          download
        >
          {t("import.errors")}
        </a>
      ) : null}
      {run.state === "checked" && run.has_file ? <Apply run={run} /> : null}
      {run.state === "done" ? <Undo run={run} onRefused={onRefused} /> : null}
    </>
  );
}

export default function ImportPage() {
  const t = useT();
  const { id = "" } = useParams();
  const found = useGet(
    "imports",
    "/imports/{import_id}",
    { path: { import_id: id } },
    { every: 2_000 },
  );
  const run = found.data;
  const state = run?.state;
  useEffect(() => {
    if (state === "checked" || state === "done") {
      void queryClient.invalidateQueries({ queryKey: ["imports", "/imports/{import_id}/rows"] });
    }
  }, [state]);
  const [refused, setRefused] = useState<Problem | null>(null);
  const under = run !== undefined && UNDER_WAY.includes(run.state);
  return (
    <PageFrame
      title={run?.file}
      lead={
        run ? (
          <span className="card-row">
            <ImportState state={run.state} />
            <span>{run.by.name}</span>
            {run.source ? (
              <Link to={`/definitions/source/${run.source}`}>{run.source_label}</Link>
            ) : null}
            <At at={run.created_at} />
          </span>
        ) : null
      }
      actions={run && !under ? <Actions run={run} onRefused={setRefused} /> : null}
      ready={run !== undefined || found.error !== null}
    >
      {found.error && !run ? (
        <Failed problem={found.error} again={() => void found.refetch()} />
      ) : null}
      {!run && !found.error ? <Waiting /> : null}
      {run && under ? <Progress run={run} /> : null}
      {run?.state === "failed" ? (
        <Failed
          problem={{ message: run.why }}
          action={
            <Link className="button" to="/imports/new">
              {t("import.start")}
            </Link>
          }
        />
      ) : null}
      {run?.state === "done" && run.why ? <Failed problem={{ message: run.why }} /> : null}
      {refused && state === "done" ? <Failed problem={refused} /> : null}
      {run?.state === "undone" ? (
        <p className="card" role="status">
          {t("import.undoneBy", { by: run.undone_by })} <At at={run.undone_at} />
        </p>
      ) : null}
      {run && !under && run.state !== "failed" ? <Counts run={run} /> : null}
      {run?.state === "checked" || run?.state === "done" ? (
        <>
          <LeftOut run={run} />
          <Decisions run={run} />
        </>
      ) : null}
      {run &&
      (run.state === "checked" || run.state === "failed") &&
      run.has_file &&
      run.tables.length > 0 ? (
        <ImportMapping
          key={`mapping ${String(run.finished_at)}`}
          run={run}
          open={run.state === "failed" || run.created + run.changed + run.unchanged === 0}
        />
      ) : null}
      {run && !under && run.state !== "failed" ? (
        <ImportLines key={`lines ${String(run.finished_at)}`} run={run} />
      ) : null}
    </PageFrame>
  );
}
