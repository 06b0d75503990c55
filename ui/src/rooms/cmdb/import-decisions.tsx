/** What a load of a source leaves to a person: what it proposes, and what it would retire. */
import { Button } from "antd";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { Import } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { toast } from "@/parts/toast";

export const TOUCHED = ["imports", "items", "board"] as const;

const failed = (problem: Problem): void => {
  toast(problem.problems?.[0]?.message ?? problem.message, "failed");
};

/** Accepts what rows propose: all of them where none is named. */
export function useAccept(run: Import) {
  const t = useT();
  const accept = useSend(
    (rows: number[]) =>
      answered(
        api.POST("/imports/{import_id}/accept", {
          params: { path: { import_id: run.id } },
          body: { rows },
        }),
      ),
    [...TOUCHED],
  );
  return {
    busy: accept.isPending,
    accept: (rows: number[]): void => {
      accept.mutate(rows, {
        onSuccess: () => {
          toast(t("source.accepted"));
        },
        onError: failed,
      });
    },
  };
}

/** Says which item a row is about, or that it is a new one. */
export function useChoose(run: Import) {
  const t = useT();
  const choose = useSend(
    (body: { row: number; item: string | null; new: boolean }) =>
      answered(
        api.POST("/imports/{import_id}/choose", {
          params: { path: { import_id: run.id } },
          body,
        }),
      ),
    [...TOUCHED],
  );
  return {
    busy: choose.isPending,
    /** Without an item it is a new one. */
    choose: (row: number, item?: string): void => {
      choose.mutate(
        { row, item: item ?? null, new: item === undefined },
        {
          onSuccess: () => {
            toast(t("source.chosen"));
          },
          onError: failed,
        },
      );
    },
  };
}

function Proposed({ run }: { run: Import }) {
  const t = useT();
  const { accept, busy } = useAccept(run);
  const done = run.state === "done";
  return (
    <section className="card import-decision" role="note" data-decide="proposed">
      <p>{t(done ? "source.proposed" : "source.wouldPropose", { n: run.proposed })}</p>
      {done ? (
        <Confirmed
          ask={t("source.acceptAsk")}
          busy={busy}
          onYes={() => {
            accept([]);
          }}
        >
          {t("source.accept")}
        </Confirmed>
      ) : null}
    </section>
  );
}

function Held({ run }: { run: Import }) {
  const t = useT();
  const decide = useSend(
    (retire: boolean) =>
      answered(
        api.POST("/imports/{import_id}/held", {
          params: { path: { import_id: run.id } },
          body: { retire },
        }),
      ),
    [...TOUCHED],
  );
  const say = (retire: boolean): void => {
    decide.mutate(retire, {
      onSuccess: () => {
        toast(t("source.decided"));
      },
      onError: failed,
    });
  };
  const done = run.state === "done";
  return (
    <section className="card import-decision" role="note" data-decide="held">
      <p>{t(done ? "source.held" : "source.wouldHold", { n: run.held })}</p>
      {done ? (
        <span className="import-acts">
          <Confirmed
            ask={t("source.retireAsk")}
            busy={decide.isPending}
            onYes={() => {
              say(true);
            }}
          >
            {t("source.retireHeld", { n: run.held })}
          </Confirmed>
          <Button
            onClick={() => {
              say(false);
            }}
          >
            {t("source.keepHeld")}
          </Button>
        </span>
      ) : null}
    </section>
  );
}

export function Decisions({ run }: { run: Import }) {
  return (
    <>
      {run.held > 0 ? <Held run={run} /> : null}
      {run.proposed > 0 ? <Proposed run={run} /> : null}
    </>
  );
}
