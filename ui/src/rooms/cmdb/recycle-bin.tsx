/** Deleted items: who deleted them, when and why; brought back, or removed for good. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Binned } from "@/api/types";
import { useT } from "@/language";
import type { Choosing } from "@/parts/list/choice";
import { ListPage } from "@/parts/list/list-page";
import type { Column } from "@/parts/list/types";
import { Importance } from "@/parts/marks";
import { Ago, At } from "@/parts/time";
import { MOST } from "./relate-many";
import { BinActs } from "./restore-items";

const CHOOSING: Choosing<Binned> = {
  nameOf: ({ name }) => name,
  most: MOST,
  acts: (chosen, letGo) => <BinActs items={chosen} letGo={letGo} />,
};

function Merged({ into }: { into: Binned["merged_into"] }) {
  return into ? (
    <Link className="tap" to={`/items/${into.id}`}>
      {into.name}
    </Link>
  ) : null;
}

export default function RecycleBinPage() {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const columns: Column<Binned>[] = [
    { key: "name", label: t("item.name"), sort: "name", render: (row) => row.name },
    {
      key: "key",
      label: t("item.key"),
      sort: "key",
      width: 150,
      render: (row) => <code>{row.key}</code>,
    },
    {
      key: "type",
      label: t("item.type"),
      sort: "type",
      width: 110,
      export: "type_label",
      render: (row) => row.type_label,
    },
    {
      key: "importance",
      label: t("item.importance"),
      sort: "importance",
      width: 70,
      hidden: true,
      render: (row) => <Importance value={row.importance} />,
    },
    {
      key: "deleted_at",
      label: t("recycle.deletedAt"),
      sort: "deleted_at",
      width: 140,
      render: (row) => <At at={row.deleted_at} />,
    },
    {
      key: "by",
      label: t("recycle.by"),
      sort: "by",
      width: 110,
      render: (row) => row.by.name,
    },
    { key: "reason", label: t("recycle.reason"), render: (row) => row.reason },
    {
      key: "ticket",
      label: t("recycle.ticket"),
      width: 110,
      hidden: true,
      render: (row) => row.ticket,
    },
    {
      key: "relations",
      label: t("recycle.relations"),
      sort: "relations",
      width: 80,
      right: true,
      render: (row) => row.relations,
    },
    {
      key: "merged_into",
      label: t("recycle.mergedInto"),
      width: 140,
      render: (row) => <Merged into={row.merged_into} />,
    },
    {
      key: "until",
      label: t("recycle.until"),
      sort: "until",
      width: 140,
      render: (row) => <At at={row.until} />,
    },
  ];
  const partly = useGet("recycle-bin", "/recycle-bin", { query: { limit: 1 } }).data?.by_condition;
  return (
    <ListPage
      before={
        partly ? (
          <p className="card" role="note">
            {t("recycleReach.byCondition")}
          </p>
        ) : null
      }
      spec={{
        page: "recycle-bin",
        topic: "recycle-bin",
        path: "/recycle-bin",
        rowKey: (row) => row.id,
        columns,
        choosing: CHOOSING,
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.name}</b>
              <span className="spring" />
              {row.type_label}
            </span>
            <span className="card-row card-note">
              {row.by.name} {row.reason}
              <span className="spring" />
              <Ago at={row.deleted_at} />
            </span>
            <span className="card-row card-note">
              {t("recycle.until")} <At at={row.until} />
            </span>
          </>
        ),
        filters: [
          {
            name: "type",
            label: t("item.type"),
            options: types.map((type) => ({ value: type.name, label: type.label })),
          },
          { name: "by", label: t("recycle.by"), remote: "accounts", single: true },
          { name: "since", label: t("recycle.deletedAt"), moment: true },
        ],
        searched: [t("item.name"), t("item.key"), t("recycle.reason"), t("recycle.by")],
        empty: { title: t("recycle.empty"), hint: t("recycle.emptyHint") },
      }}
    />
  );
}
