/** Values that so many items hold that a relation rule relates nothing by them. */
import { Link } from "react-router";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { List } from "@/parts/list/list";

export function CommonValues() {
  const t = useT();
  return (
    <>
      <h2 className="section-title">{t("care.commonValues")}</h2>
      <List
        spec={{
          inside: true,
          exported: true,
          page: "common-values",
          topic: "items",
          path: "/data-quality/common-values",
          rowKey: (row) => `${row.rule} ${row.value}`,
          columns: [
            {
              key: "value",
              label: t("care.commonValue"),
              sort: "value",
              render: (row) => <code>{row.value}</code>,
            },
            {
              key: "rule_label",
              label: t("care.commonRule"),
              sort: "rule_label",
              render: (row) => (
                <Link to={`/definitions/relation-rule/${encodeURIComponent(row.rule)}`}>
                  {row.rule_label}
                </Link>
              ),
            },
            {
              key: "sources",
              label: t("care.commonSources"),
              sort: "sources",
              right: true,
              render: (row) => quantity(row.sources),
            },
            {
              key: "targets",
              label: t("care.commonTargets"),
              sort: "targets",
              right: true,
              render: (row) => quantity(row.targets),
            },
            {
              key: "relations",
              label: t("care.commonRelations"),
              sort: "relations",
              right: true,
              render: (row) => quantity(row.relations),
            },
          ],
          card: (row) => (
            <>
              <span className="card-row">
                <code>{row.value}</code>
                <span className="spring" />
                <b>{quantity(row.relations)}</b>
              </span>
              <span className="card-row muted">{row.rule_label}</span>
            </>
          ),
          empty: { title: t("care.empty"), hint: t("care.emptyHint") },
        }}
      />
      <h2 className="section-title">{t("care.commonItems")}</h2>
    </>
  );
}
