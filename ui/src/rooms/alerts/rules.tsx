/** The rules that raise alerts; they are definitions and change with their packs. */
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Rule } from "@/api/types";
import { useT } from "@/language";
import { span } from "@/language/format";
import { ListPage } from "@/parts/list/list-page";
import { SeverityMark } from "@/parts/marks";
import { RuleState, SwitchRule } from "./rule-switch";

export default function RulesPage() {
  const t = useT();
  const may = useMay("schema.edit");
  const templates = useGet("definitions", "/monitor-templates").data?.items ?? [];
  const labels = new Map(templates.map(({ name, label }) => [name, label]));
  return (
    <ListPage
      spec={{
        page: "alert-rules",
        topic: "definitions",
        path: "/alert-rules",
        rowKey: (row) => row.name,
        href: (row) => `/rules/${encodeURIComponent(row.name)}`,
        filters: [
          {
            name: "severity",
            label: t("rule.severity"),
            options: (["disaster", "critical", "warning", "info"] as const).map((value) => ({
              value,
              label: t(`severity.${value}`),
            })),
          },
          {
            name: "template",
            label: t("rule.template"),
            options: templates.map((template) => ({ value: template.name, label: template.label })),
          },
          {
            name: "enabled",
            label: t("rule.enabled"),
            single: true,
            options: [
              { value: "true", label: t("rule.on") },
              { value: "false", label: t("rule.off") },
            ],
          },
        ],
        columns: [
          {
            key: "label",
            sort: "label",
            label: t("rule.name"),
            render: (row) => (
              <>
                <b>{row.label}</b>
                <div className="card-note mono">{row.name}</div>
              </>
            ),
          },
          {
            key: "severity",
            label: t("rule.severity"),
            width: 90,
            render: (row) => <SeverityMark severity={row.severity} />,
          },
          {
            key: "expr",
            sort: "expr",
            label: t("rule.expr"),
            render: (row) => <code>{row.expr}</code>,
          },
          {
            key: "recover",
            label: t("rule.recover"),
            hidden: true,
            render: (row) => (row.recover ? <code>{row.recover}</code> : "–"),
          },
          {
            key: "for_s",
            sort: "for_s",
            label: t("rule.for"),
            width: 110,
            right: true,
            render: (row) => span(row.for_s),
          },
          {
            key: "keep_firing_for_s",
            label: t("rule.keep"),
            hidden: true,
            right: true,
            render: (row) => span(row.keep_firing_for_s),
          },
          {
            key: "template",
            sort: "template",
            label: t("rule.template"),
            width: 140,
            render: (row) => labels.get(row.template ?? "") ?? row.template ?? "–",
          },
          {
            key: "enabled",
            sort: "enabled",
            label: t("rule.enabled"),
            width: 90,
            render: (row) => <RuleState enabled={row.enabled} />,
          },
          {
            key: "switched_because",
            label: t("rule.because"),
            hidden: true,
            render: (row) => row.switched_because || "–",
          },
          ...(may
            ? [
                {
                  key: "switch",
                  export: false as const,
                  label: t("word.acts"),
                  width: 90,
                  render: (row: Rule) => <SwitchRule rule={row} />,
                },
              ]
            : []),
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <SeverityMark severity={row.severity} />
              <RuleState enabled={row.enabled} />
              <span className="spring" />
              <span className="card-note">{span(row.for_s)}</span>
            </span>
            <span className="card-title">{row.label}</span>
            <code>{row.expr}</code>
          </>
        ),
        empty: { title: t("rule.empty"), hint: t("rule.emptyHint") },
      }}
    />
  );
}
