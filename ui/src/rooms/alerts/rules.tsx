/** The rules that raise alerts; they are definitions and change with their packs. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { span } from "@/language/format";
import { ListPage } from "@/parts/list/list-page";
import { SeverityMark, YesNo } from "@/parts/marks";

export default function RulesPage() {
  const t = useT();
  const templates = useGet("definitions", "/monitor-templates").data?.items ?? [];
  const labels = new Map(templates.map(({ name, label }) => [name, label]));
  return (
    <ListPage
      spec={{
        page: "alert-rules",
        topic: "definitions",
        path: "/alert-rules",
        rowKey: (row) => row.name,
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
            width: 70,
            render: (row) => <YesNo value={row.enabled} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <SeverityMark severity={row.severity} />
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
