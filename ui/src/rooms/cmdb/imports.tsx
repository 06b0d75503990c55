/** Files that were imported, or tried. */
import { Link } from "react-router";
import type { ImportRow } from "@/api/types";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import type { Column } from "@/parts/list/types";
import { Ago, At } from "@/parts/time";
import { ImportState } from "./import-state";

const STATES = [
  "waiting",
  "reading",
  "checked",
  "writing",
  "done",
  "failed",
  "undoing",
  "undone",
] as const;
const COUNTS = ["rows", "created", "changed", "unchanged", "refused"] as const;

function Start() {
  const t = useT();
  return (
    <Link className="button button-main" to="/imports/new">
      <Icon name="imports" size={16} />
      {t("import.start")}
    </Link>
  );
}

export default function ImportsPage() {
  const t = useT();
  const counts = COUNTS.map((name): Column<ImportRow> => ({
    key: name,
    label: t(`import.${name}`),
    ...(name === "unchanged" ? {} : { sort: name }),
    width: 90,
    right: true,
    render: (row) => row[name],
  }));
  return (
    <ListPage
      actions={<Start />}
      spec={{
        page: "imports",
        topic: "imports",
        path: "/imports",
        rowKey: (row) => row.id,
        href: (row) => `/imports/${row.id}`,
        columns: [
          { key: "file", label: t("import.file"), sort: "file", render: (row) => row.file },
          {
            key: "state",
            label: t("import.state"),
            sort: "state",
            width: 110,
            render: (row) => <ImportState state={row.state} />,
          },
          ...counts,
          { key: "by", label: t("import.by"), width: 140, render: (row) => row.by.name },
          {
            key: "created_at",
            label: t("import.at"),
            sort: "created_at",
            width: 140,
            render: (row) => <At at={row.created_at} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.file}</b>
              <span className="spring" />
              <ImportState state={row.state} />
            </span>
            <span className="card-row card-note">
              {t("import.created")} {row.created} · {t("import.changed")} {row.changed} ·{" "}
              {t("import.refused")} {row.refused}
              <span className="spring" />
              <Ago at={row.created_at} />
            </span>
          </>
        ),
        filters: [
          {
            name: "state",
            label: t("import.state"),
            options: STATES.map((value) => ({ value, label: t(`import.states.${value}`) })),
          },
        ],
        searched: [t("import.file"), t("import.by")],
        empty: { title: t("import.empty"), hint: t("import.emptyHint"), action: <Start /> },
      }}
    />
  );
}
