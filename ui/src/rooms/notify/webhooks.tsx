/** Programs outside that are told of changes, and how they fare. */
import { Link, useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { WebhookRow } from "@/api/types";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import { Ago, At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { ReceiverMark, Trouble } from "./delivery-state";

function Create() {
  const t = useT();
  return useMay("schema.edit") ? (
    <Link className="button button-main" to="/definitions/new?kind=webhook">
      <Icon name="newTicket" size={16} />
      {t("webhook.create")}
    </Link>
  ) : null;
}

/** Sends a letter that only asks whether it arrives, and shows what comes of it. */
function Try({ name }: { name: string }) {
  const t = useT();
  const go = useNavigate();
  const send = useSend(
    () => answered(api.POST("/webhooks/{name}/trial", { params: { path: { name } } })),
    ["webhooks"],
  );
  return (
    <button
      type="button"
      className="button"
      data-act="try"
      disabled={send.isPending}
      onClick={() => {
        send.mutate(undefined, {
          onSuccess: (made) => void go(`/webhook-deliveries/${made.id}`),
          onError: (problem: Problem) => {
            toast(problem.message, "failed");
          },
        });
      }}
    >
      {t("webhook.try")}
    </button>
  );
}

function Acts({ row }: { row: WebhookRow }) {
  const t = useT();
  const may = useMay("schema.edit");
  return (
    <span className="card-row">
      <Try name={row.name} />
      {may ? <Link to={`/definitions/webhook/${row.name}`}>{t("webhook.edit")}</Link> : null}
    </span>
  );
}

export default function WebhooksPage() {
  const t = useT();
  return (
    <ListPage
      actions={
        <>
          <Link className="button" to="/webhook-deliveries">
            {t("webhook.log")}
          </Link>
          <Create />
        </>
      }
      spec={{
        page: "webhooks",
        topic: "webhooks",
        path: "/webhooks",
        rowKey: (row) => row.name,
        columns: [
          {
            key: "label",
            label: t("webhook.name"),
            sort: "label",
            render: (row) => (
              <Link to={`/webhook-deliveries?webhook=${encodeURIComponent(row.name)}`}>
                {row.label}
              </Link>
            ),
          },
          { key: "url", label: t("webhook.url"), render: (row) => <code>{row.url}</code> },
          {
            key: "state",
            label: t("webhook.state"),
            sort: "state",
            width: 150,
            render: (row) => <ReceiverMark state={row.state} />,
          },
          {
            key: "waiting",
            label: t("webhook.waiting"),
            sort: "waiting",
            width: 90,
            right: true,
            render: (row) => row.waiting,
          },
          {
            key: "delivered_at",
            label: t("webhook.delivered"),
            sort: "delivered_at",
            width: 140,
            render: (row) => <At at={row.delivered_at} />,
          },
          { key: "trouble", label: t("webhook.trouble"), render: (row) => <Trouble of={row} /> },
          {
            key: "resume_at",
            label: t("webhook.resume"),
            sort: "resume_at",
            width: 140,
            render: (row) => <At at={row.resume_at} />,
          },
          {
            key: "acts",
            label: "",
            export: false,
            width: 160,
            render: (row) => <Acts row={row} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.label}</b>
              <span className="spring" />
              <ReceiverMark state={row.state} />
            </span>
            <span className="card-row card-note">{row.url}</span>
            <span className="card-row card-note">
              {t("webhook.waiting")} {row.waiting}
              <span className="spring" />
              <Ago at={row.delivered_at} />
            </span>
            {row.trouble ? (
              <span className="card-row card-note">
                <Trouble of={row} />
              </span>
            ) : null}
            <Acts row={row} />
          </>
        ),
        searched: [t("webhook.name"), t("webhook.url")],
        empty: { title: t("webhook.empty"), hint: t("webhook.emptyHint"), action: <Create /> },
      }}
    />
  );
}
