/** What people saved to ask again. */
import { Link } from "react-router";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { YesNo } from "@/parts/marks";
import { usePhone } from "@/parts/phone";
import { At } from "@/parts/time";
import { GROUPS } from "./whatif-model";

export default function ScenariosPage() {
  const t = useT();
  const phone = usePhone();
  return (
    <ListPage
      actions={
        <Link className={`button button-main${phone ? " thumb" : ""}`} to="/impact/what-if">
          {t("whatif.ask")}
        </Link>
      }
      spec={{
        page: "scenarios",
        topic: "scenarios",
        path: "/impact/scenarios",
        rowKey: (row) => row.id,
        href: (row) => `/impact/scenarios/${row.id}`,
        columns: [
          { key: "name", label: t("whatif.name"), sort: "name", render: (row) => row.name },
          { key: "note", label: t("whatif.note"), render: (row) => row.note || "–" },
          ...GROUPS.map((group) => ({
            key: group,
            label: t(`whatif.groups.${group}`),
            sort: group,
            width: 100,
            right: true,
            render: (row: Record<typeof group, number | null>) => row[group] ?? "–",
          })),
          {
            key: "shared",
            label: t("whatif.shared"),
            sort: "shared",
            width: 120,
            render: (row) => <YesNo value={row.shared} />,
          },
          { key: "owner", label: t("whatif.owner"), width: 120, render: (row) => row.owner.name },
          {
            key: "saved_at",
            label: t("whatif.savedAt"),
            sort: "saved_at",
            width: 160,
            render: (row) => <At at={row.saved_at} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.name}</b>
              <span className="spring" />
              <At at={row.saved_at} />
            </span>
            <span className="card-row card-note">
              {GROUPS.map((group) => `${t(`whatif.groups.${group}`)} ${row[group] ?? "–"}`).join(
                " · ",
              )}
            </span>
          </>
        ),
        filters: [
          {
            name: "own",
            label: t("whatif.owner"),
            single: true,
            options: [
              { value: "true", label: t("whatif.own") },
              { value: "false", label: t("whatif.others") },
            ],
          },
        ],
        searched: [t("whatif.name"), t("whatif.note")],
        empty: { title: t("whatif.noScenario"), hint: t("whatif.noScenarioHint") },
      }}
    />
  );
}
