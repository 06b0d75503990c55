/** One delivery: what became of it, and its text as it is sent. */
import { useParams } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import type { Delivery } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { DeliveryMark, Trouble } from "./delivery-state";

function Again({ id }: { id: string }) {
  const t = useT();
  const send = useSend(
    () =>
      answered(
        api.POST("/webhook-deliveries/{delivery_id}/again", {
          params: { path: { delivery_id: id } },
        }),
      ),
    ["webhooks"],
  );
  return (
    <button
      type="button"
      className="button"
      data-act="again"
      disabled={send.isPending}
      onClick={() => {
        send.mutate(undefined, {
          onSuccess: () => {
            toast(t("delivery.asked"));
          },
          onError: (problem: Problem) => {
            toast(problem.message, "failed");
          },
        });
      }}
    >
      {t("delivery.again")}
    </button>
  );
}

function Facts({ of }: { of: Delivery }) {
  const t = useT();
  const facts = [
    [t("delivery.changes"), of.changes],
    [t("delivery.attempts"), of.attempts],
    [t("delivery.tried"), <At key="tried" at={of.tried_at} />],
    [t("delivery.ended"), <At key="ended" at={of.ended_at} />],
    [t("delivery.status"), of.status ?? "–"],
    [t("webhook.trouble"), <Trouble key="trouble" of={of} />],
  ] as const;
  return (
    <dl className="facts card">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const readable = (body: string): string => JSON.stringify(JSON.parse(body), null, 2);

export default function DeliveryPage() {
  const t = useT();
  const { id = "" } = useParams();
  const found = useGet(
    "webhooks",
    "/webhook-deliveries/{delivery_id}",
    { path: { delivery_id: id } },
    { every: 5_000 },
  );
  const delivery = found.data;
  return (
    <PageFrame
      title={delivery?.webhook}
      lead={
        delivery ? (
          <span className="card-row">
            <DeliveryMark state={delivery.state} />
            <At at={delivery.made_at} />
          </span>
        ) : null
      }
      actions={delivery && delivery.state !== "waiting" ? <Again id={id} /> : null}
      ready={delivery !== undefined || found.error !== null}
    >
      {found.error && !delivery ? (
        <Failed problem={found.error} again={() => void found.refetch()} />
      ) : null}
      {!delivery && !found.error ? <Waiting /> : null}
      {delivery ? (
        <>
          <Facts of={delivery} />
          <section className="card">
            <h2>{t("delivery.body")}</h2>
            <pre className="scrolling">{readable(delivery.body)}</pre>
          </section>
        </>
      ) : null}
    </PageFrame>
  );
}
