/** What was sent to programs outside. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { Ago, At } from "@/parts/time";
import { DeliveryMark, Trouble } from "./delivery-state";

const STATES = ["waiting", "delivered", "given-up"] as const;

export default function DeliveriesPage() {
  const t = useT();
  const webhooks = useGet("webhooks", "/webhooks").data?.items ?? [];
  return (
    <ListPage
      spec={{
        page: "webhook-deliveries",
        topic: "webhooks",
        path: "/webhook-deliveries",
        rowKey: (row) => row.id,
        href: (row) => `/webhook-deliveries/${row.id}`,
        columns: [
          {
            key: "made_at",
            label: t("delivery.written"),
            sort: "made_at",
            width: 160,
            render: (row) => <At at={row.made_at} />,
          },
          {
            key: "webhook",
            label: t("webhook.name"),
            sort: "webhook",
            render: (row) => row.webhook,
          },
          {
            key: "state",
            label: t("webhook.state"),
            sort: "state",
            width: 110,
            render: (row) => <DeliveryMark state={row.state} />,
          },
          {
            key: "changes",
            label: t("delivery.changes"),
            sort: "changes",
            width: 90,
            right: true,
            render: (row) => row.changes,
          },
          {
            key: "attempts",
            label: t("delivery.attempts"),
            sort: "attempts",
            width: 90,
            right: true,
            render: (row) => row.attempts,
          },
          {
            key: "tried_at",
            label: t("delivery.tried"),
            width: 160,
            render: (row) => <At at={row.tried_at} />,
          },
          { key: "trouble", label: t("webhook.trouble"), render: (row) => <Trouble of={row} /> },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.webhook}</b>
              <span className="spring" />
              <DeliveryMark state={row.state} />
            </span>
            <span className="card-row card-note">
              {t("delivery.changes")} {row.changes} · {t("delivery.attempts")} {row.attempts}
              <span className="spring" />
              <Ago at={row.made_at} />
            </span>
            {row.trouble ? (
              <span className="card-row card-note">
                <Trouble of={row} />
              </span>
            ) : null}
          </>
        ),
        filters: [
          {
            name: "state",
            label: t("webhook.state"),
            options: STATES.map((value) => ({ value, label: t(`delivery.states.${value}`) })),
          },
          {
            name: "webhook",
            label: t("webhook.name"),
            options: webhooks.map((each) => ({ value: each.name, label: each.label })),
          },
          { name: "since", label: t("delivery.written"), moment: true },
        ],
        searched: [t("webhook.name"), t("delivery.detail")],
        empty: { title: t("delivery.empty"), hint: t("delivery.emptyHint") },
      }}
    />
  );
}
