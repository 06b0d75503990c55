/** One scenario on the model of now, beside what it did when it was saved. */
import { Link, useNavigate, useParams } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import type { Scenario } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { addressOf, GROUPS } from "./whatif-model";
import { WhatIfResult } from "./whatif-result";
import "./whatif.css";

const signed = (n: number): string => (n > 0 ? `+${n}` : `−${-n}`);

function Compared({ of }: { of: Scenario }) {
  const t = useT();
  const changed = GROUPS.map((group) => ({
    group,
    by: of.now[group] - (of[group] ?? of.now[group]),
  })).filter(({ by }) => by !== 0);
  return (
    <section className="card" data-compared={of.whole ? "yes" : "no"}>
      <h2>
        {t("whatif.since")} <At at={of.saved_at} />
      </h2>
      {of.whole ? (
        <p>
          {changed.length === 0 && of.moved.length === 0
            ? t("whatif.same")
            : changed
                .map(({ group, by }) => `${t(`whatif.groups.${group}`)} ${signed(by)}`)
                .join(" · ")}
        </p>
      ) : (
        <p className="muted">{t("whatif.notWhole")}</p>
      )}
      <ul>
        {of.moved.map(({ item, then, now }) => (
          <li key={item.id}>
            {t("whatif.moved", {
              name: item.name,
              then: t(`service.${then}`),
              now: t(`service.${now}`),
            })}
          </li>
        ))}
      </ul>
      {of.gone.length > 0 ? (
        <p>{t("whatif.gone", { names: of.gone.map(({ name }) => name).join("、") })}</p>
      ) : null}
      {of.unread.length > 0 ? <p>{t("whatif.unread", { names: of.unread.join("、") })}</p> : null}
      <p className="muted">
        {[
          ...of.result.sets.map((set) => set.item?.name ?? set.where),
          ...of.failed.map((each) => each.name),
        ].join("、")}
        {" · "}
        {t("whatif.taken", { n: of.result.taken })}
      </p>
    </section>
  );
}

function Acts({ of }: { of: Scenario }) {
  const t = useT();
  const go = useNavigate();
  const remove = useSend(
    () =>
      answered(
        api.DELETE("/impact/scenarios/{scenario_id}", { params: { path: { scenario_id: of.id } } }),
      ),
    ["scenarios"],
  );
  const asked = {
    failed: of.failed.map(({ id }) => id),
    sets: of.result.sets.map(({ kind, item, where }) => ({ kind, item: item?.id ?? null, where })),
  };
  return (
    <>
      <Link className="button" to={addressOf(asked)}>
        {t("whatif.edit")}
      </Link>
      {of.own ? (
        <button
          type="button"
          className="button"
          data-act="delete-scenario"
          disabled={remove.isPending}
          onClick={() => {
            remove.mutate(undefined, {
              onSuccess: () => {
                toast(t("whatif.removed"));
                void go("/impact/scenarios");
              },
              onError: (problem: Problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("whatif.remove1")}
        </button>
      ) : null}
    </>
  );
}

export default function ScenarioPage() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useGet("scenarios", "/impact/scenarios/{scenario_id}", {
    path: { scenario_id: id },
  });
  return (
    <PageFrame
      title={data?.name}
      lead={data?.note ? <span>{data.note}</span> : null}
      actions={data ? <Acts of={data} /> : null}
      ready={data !== undefined || error !== null}
    >
      {data ? (
        <div className="whatif">
          <Compared of={data} />
          <WhatIfResult found={data.result} />
        </div>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={8} />
      )}
    </PageFrame>
  );
}
