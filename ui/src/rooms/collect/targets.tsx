/** What is collected, from where, and whether it answers. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import { TargetMark } from "@/parts/marks";
import { Ago } from "@/parts/time";
import { useCollectorName } from "./collector-name";

const STATES = ["up", "down", "never", "unknown", "paused"] as const;

export default function TargetsPage() {
  const t = useT();
  const may = useMay("collect.manage");
  const collector = useCollectorName();
  const templates = useGet("definitions", "/monitor-templates").data?.items ?? [];
  return (
    <ListPage
      actions={
        may ? (
          <Link className="button button-main" to="/targets/new">
            <Icon name="newTicket" size={16} />
            {t("target.create")}
          </Link>
        ) : null
      }
      spec={{
        page: "targets",
        topic: "targets",
        path: "/targets",
        rowKey: (row) => row.id,
        href: (row) => `/targets/${row.id}`,
        columns: [
          { key: "item", label: t("target.item"), render: (row) => row.item.name },
          {
            key: "name",
            label: t("target.name"),
            sort: "name",
            hidden: true,
            render: (row) => row.name,
          },
          {
            key: "state",
            label: t("target.state"),
            sort: "state",
            width: 90,
            render: (row) => <TargetMark state={row.state} />,
          },
          {
            key: "reason",
            label: t("target.reason"),
            render: (row) => (
              <span className="soft">
                {row.state === "down" || row.state === "never" ? row.reason_text : "–"}
              </span>
            ),
          },
          {
            key: "template",
            label: t("target.template"),
            sort: "template",
            width: 140,
            render: (row) => row.template_label,
          },
          {
            key: "driver",
            export: false,
            label: t("target.driver"),
            hidden: true,
            render: (row) => row.driver,
          },
          {
            key: "address",
            label: t("target.address"),
            render: (row) => <code>{row.address ?? "–"}</code>,
          },
          {
            key: "interval_s",
            label: t("target.interval"),
            width: 90,
            right: true,
            hidden: true,
            render: (row) => row.interval_s,
          },
          {
            key: "last_at",
            label: t("target.lastAt"),
            width: 110,
            render: (row) => <Ago at={row.last_at} />,
          },
          {
            key: "last_seconds",
            export: false,
            label: t("target.lastSeconds"),
            width: 80,
            right: true,
            render: (row) => quantity(row.last_seconds, "seconds"),
          },
          {
            key: "last_samples",
            label: t("target.lastSamples"),
            width: 80,
            right: true,
            render: (row) => quantity(row.last_samples),
          },
          {
            key: "collector",
            export: false,
            label: t("target.collector"),
            hidden: true,
            render: (row) => collector(row.collector),
          },
        ],
        filters: [
          {
            name: "state",
            label: t("target.state"),
            options: STATES.map((value) => ({ value, label: t(`targetState.${value}`) })),
          },
          {
            name: "template",
            label: t("target.template"),
            options: templates.map((template) => ({ value: template.name, label: template.label })),
          },
          { name: "item", label: t("target.item"), remote: "items" },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <TargetMark state={row.state} />
              <span className="spring" />
              <Ago at={row.last_at} />
            </span>
            <span className="card-title">{row.item.name}</span>
            <span className="card-note">
              {row.template_label} · {row.state === "down" ? row.reason_text : row.address}
            </span>
          </>
        ),
        empty: { title: t("target.empty"), hint: t("target.emptyHint") },
        abnormal: {
          said: (n) => t("target.downHidden", { n }),
          filters: { state: ["down"] },
        },
      }}
    />
  );
}
