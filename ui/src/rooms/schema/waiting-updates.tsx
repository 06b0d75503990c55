/** What updates of the product left as it was: it waits for somebody to take it, or to keep ours. */
import { Modal } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import type { DefinitionDifference, WaitingUpdate } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { useCalled } from "./called";
import { Consequences, Mistakes } from "./consequences";

/** Only for whoever may import packs. */
export function WaitingUpdates() {
  const t = useT();
  const found = useGet("definitions", "/packs/updates").data?.items ?? [];
  if (found.length === 0) return null;
  const packs = [...new Set(found.map(({ pack }) => pack))];
  return (
    <details className="panel waiting-updates" role="note">
      <summary>{t("definition.updatesWait", { n: found.length })}</summary>
      <p className="muted">{t("definition.updatesMean")}</p>
      {packs.map((pack) => (
        <OfPack key={pack} pack={pack} found={found.filter((each) => each.pack === pack)} />
      ))}
    </details>
  );
}

function OfPack({ pack, found }: { pack: string; found: readonly WaitingUpdate[] }) {
  const called = useCalled();
  return (
    <section aria-label={called.pack(pack)}>
      <header className="card-row">
        <b>{called.pack(pack)}</b>
        <span className="spring" />
        <Take pack={pack} />
      </header>
      <ul>
        {found.map(({ kind, name, what }) => (
          <li key={`${kind}/${name}`}>
            <Link to={`/definitions/${kind}/${encodeURIComponent(name)}`}>{what.join("; ")}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Take({ pack }: { pack: string }) {
  const t = useT();
  const called = useCalled();
  const path = { name: pack };
  const [asked, setAsked] = useState<DefinitionDifference | null>(null);
  const failed = (problem: Problem): void => {
    toast(problem.message, "failed");
  };
  const look = useSend(
    () => answered(api.POST("/packs/{name}/check-update", { params: { path } })),
    [],
  );
  const take = useSend(
    (consent: boolean) =>
      answered(api.POST("/packs/{name}/update", { params: { path, query: { consent } } })),
    ["definitions", "items", "tickets", "alerts", "targets", "access"],
  );
  const wrong = (asked?.problems ?? []).length > 0;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={look.isPending}
        onClick={() => {
          look.mutate(undefined, { onSuccess: setAsked, onError: failed });
        }}
      >
        {t("definition.takeUpdate")}
      </button>
      <Modal
        open={asked !== null}
        title={t("definition.takeUpdateAsk", { name: called.pack(pack) })}
        okText={t("definition.takeUpdate")}
        okButtonProps={{ danger: true, disabled: wrong }}
        confirmLoading={take.isPending}
        onCancel={() => {
          setAsked(null);
        }}
        onOk={() => {
          take.mutate(asked?.needs_consent ?? false, {
            onSuccess: () => {
              toast(t("definition.updateTaken"));
              setAsked(null);
            },
            onError: failed,
          });
        }}
      >
        <p>{t("definition.takeUpdateMeans")}</p>
        {asked?.lost ? (
          <p className="refused">{t("definition.takeUpdateLoses", { lost: asked.lost })}</p>
        ) : null}
        {asked ? wrong ? <Mistakes found={asked} /> : <Consequences found={asked} /> : null}
      </Modal>
    </>
  );
}
