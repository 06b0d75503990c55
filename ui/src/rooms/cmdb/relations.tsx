/** All relations between items, and a new one. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { useRelationActs } from "./relation-acts";
import { relationColumns, RelationCard } from "./relation-columns";

export default function RelationsPage() {
  const t = useT();
  const acts = useRelationActs();
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  return (
    <>
      <ListPage
        actions={acts.create}
        spec={{
          page: "relations",
          topic: "items",
          path: "/relations",
          rowKey: (row) => row.id,
          searchable: false,
          columns: [...relationColumns(t), ...acts.columns],
          card: (row) => (
            <>
              <RelationCard row={row} />
              {acts.onRow(row)}
            </>
          ),
          filters: [
            {
              name: "kind",
              label: t("relation.kind"),
              options: kinds.map((kind) => ({ value: kind.name, label: kind.label })),
            },
            { name: "item", label: t("relation.item"), remote: "items" },
          ],
          empty: { title: t("relation.empty"), hint: t("relation.emptyHint") },
        }}
      />
      {acts.form}
    </>
  );
}
