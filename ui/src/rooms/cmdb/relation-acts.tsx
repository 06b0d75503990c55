/** What can be done with relations where they are listed: made, changed, taken away. */
import { Button } from "antd";
import { useState, type ReactNode } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Relation, TypedRef } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import type { Column } from "@/parts/list/types";
import { toast } from "@/parts/toast";
import { RelationForm } from "./relation-form";

interface Acts {
  /** The button that makes one; nothing for those who may not. */
  create: ReactNode;
  /** The column, or what stands on a card, that changes one or takes it away. */
  columns: Column<Relation>[];
  onRow: (row: Relation) => ReactNode;
  /** The form, while it is open. */
  form: ReactNode;
}

/** `of`: the item that is one end of new relations. */
export function useRelationActs(of?: TypedRef): Acts {
  const t = useT();
  const may = useMay("cmdb.write");
  const [open, setOpen] = useState<Relation | "new" | null>(null);
  const drop = useSend(
    (relation_id: string) =>
      answered(api.DELETE("/relations/{relation_id}", { params: { path: { relation_id } } })),
    ["items"],
  );
  if (!may) return { create: null, columns: [], onRow: () => null, form: null };
  const onRow = (row: Relation): ReactNode => (
    <span className="nowrap">
      <Button
        size="small"
        onClick={() => {
          setOpen(row);
        }}
      >
        {t("word.edit")}
      </Button>{" "}
      {row.rule === null ? (
        <Confirmed
          small
          ask={t("relation.removeAsk")}
          onYes={() => {
            drop.mutate(row.id, {
              onError: (problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("word.remove")}
        </Confirmed>
      ) : null}
    </span>
  );
  return {
    create: (
      <Button
        type="primary"
        onClick={() => {
          setOpen("new");
        }}
      >
        {t("relation.create")}
      </Button>
    ),
    columns: [
      { key: "act", export: false, label: t("word.acts"), width: 140, right: true, render: onRow },
    ],
    onRow,
    form:
      open === null ? null : (
        <RelationForm
          {...(open === "new" ? {} : { was: open })}
          {...(of === undefined ? {} : { of })}
          onClose={() => {
            setOpen(null);
          }}
        />
      ),
  };
}
