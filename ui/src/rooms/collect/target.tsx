/** One target: its settings, how it answered last, and a try on demand. */
import { Button } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Target } from "@/api/types";
import { useT } from "@/language";
import { fullTime, quantity } from "@/language/format";
import { Confirmed } from "@/parts/confirm";
import { CONDITIONS, Glyph, TargetMark } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { Ago } from "@/parts/time";
import { toast } from "@/parts/toast";
import { useCollectorName } from "./collector-name";
import { TargetForm } from "./target-form";
import { notTried, Tried, type Found } from "./tried";
import "@/rooms/cmdb/item.css";

function Check({ target }: { target: Target }) {
  const t = useT();
  const [tried, setTried] = useState<Found | null>(null);
  const check = useSend(
    () =>
      answered(
        api.POST("/targets/{target_id}/check", { params: { path: { target_id: target.id } } }),
      ),
    ["targets"],
  );
  const act = (): void => {
    check.mutate(undefined, {
      onSuccess: setTried,
      onError: (problem) => {
        setTried(notTried(problem));
      },
    });
  };
  return (
    <>
      <div>
        <Button onClick={act} loading={check.isPending} data-act="check">
          {t("target.checkNow")}
        </Button>
      </div>
      {tried ? <Tried found={tried} /> : null}
    </>
  );
}

/** What charts and rules wait for in vain: the template declares it and no series has it. */
function Unfilled({ of }: { of: Target["unfilled"] }) {
  const t = useT();
  if (of.length === 0) return null;
  return (
    <details className="unfilled">
      <summary>
        <Glyph {...CONDITIONS.unknown} /> {t("target.unfilled", { n: of.length })}
      </summary>
      <p className="muted">{t("target.unfilledWhy")}</p>
      <ul>
        {of.map((metric) => (
          <li key={metric.name}>
            {metric.label} <code>{metric.name}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Since when it has never answered, why, and what to do: it is set up wrongly rather than down. */
function NeverAnswered({ target }: { target: Target }) {
  const t = useT();
  return (
    <div className="result result-doubtful" role="note">
      <p>
        <Glyph {...CONDITIONS.warning} /> {t("target.never", { since: fullTime(target.asked_at) })}{" "}
        {target.reason_text} {target.detail}
      </p>
      <p className="muted">{t("target.neverNext")}</p>
    </div>
  );
}

function State({ target, may }: { target: Target; may: boolean }) {
  const t = useT();
  const collector = useCollectorName();
  return (
    <section className="card stack">
      <dl className="facts">
        <div>
          <dt>{t("target.state")}</dt>
          <dd>
            <TargetMark state={target.state} />
          </dd>
        </div>
        <div>
          <dt>{t("target.lastAt")}</dt>
          <dd>
            <Ago at={target.last_at} />
          </dd>
        </div>
        <div>
          <dt>{t("target.lastSeconds")}</dt>
          <dd>{quantity(target.last_seconds, "seconds")}</dd>
        </div>
        <div>
          <dt>{t("target.lastSamples")}</dt>
          <dd>{quantity(target.last_samples)}</dd>
        </div>
        <div>
          <dt>{t("target.item")}</dt>
          <dd>
            <Link to={`/items/${target.item.id}`}>{target.item.name}</Link>
          </dd>
        </div>
        <div>
          <dt>{t("target.collector")}</dt>
          <dd>{collector(target.collector)}</dd>
        </div>
      </dl>
      <Unfilled of={target.unfilled} />
      {target.state === "never" ? <NeverAnswered target={target} /> : null}
      {target.state === "down" ? (
        <p className="result result-failed">
          <Glyph {...CONDITIONS.down} />
          {target.reason_text} {target.detail}
        </p>
      ) : null}
      {may ? <Check target={target} /> : null}
    </section>
  );
}

function Remove({ target }: { target: Target }) {
  const t = useT();
  const go = useNavigate();
  const drop = useSend(
    () =>
      answered(api.DELETE("/targets/{target_id}", { params: { path: { target_id: target.id } } })),
    ["targets"],
  );
  const act = (): void => {
    drop.mutate(undefined, {
      onSuccess: () => {
        toast(t("word.removed"));
        void go("/targets");
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  return (
    <Confirmed ask={t("target.removeAsk", { name: target.name })} busy={drop.isPending} onYes={act}>
      {t("word.remove")}
    </Confirmed>
  );
}

export default function TargetPage() {
  const t = useT();
  const { id = "new" } = useParams();
  const [params] = useSearchParams();
  const fresh = id === "new";
  const may = useMay("collect.manage");
  const {
    data: target,
    error,
    refetch,
  } = useGet("targets", "/targets/{target_id}", { path: { target_id: id } }, { enabled: !fresh });
  const templates = useGet("definitions", "/monitor-templates").data?.items;
  const ready = templates !== undefined && (fresh || target !== undefined);
  return (
    <PageFrame
      title={target ? target.item.name : t("target.create")}
      lead={target ? target.name || target.template_label : null}
      ready={ready || error !== null}
      actions={target && may ? <Remove target={target} /> : null}
    >
      {!ready ? (
        error ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : (
          <Waiting />
        )
      ) : (
        <>
          {target ? <State target={target} may={may} /> : null}
          {may ? (
            <TargetForm
              key={target?.id ?? "new"}
              target={target}
              templates={templates}
              item={params.get("item")}
            />
          ) : null}
        </>
      )}
    </PageFrame>
  );
}
