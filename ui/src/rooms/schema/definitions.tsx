/** Packs and the definitions in them. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Pack } from "@/api/types";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { useCalled } from "./called";
import { WaitingUpdates } from "./waiting-updates";
import "./definitions.css";

function Packs({ packs }: { packs: readonly Pack[] }) {
  const t = useT();
  return (
    <section className="packs" aria-label={t("definition.packs")}>
      {packs.map((pack) => (
        <Link key={pack.name} to={`?pack=${pack.name}`} className="panel" replace>
          <b>{pack.label || pack.name}</b>
          <code>
            {pack.name} {pack.version}
          </code>
          {pack.definitions === undefined ? null : (
            <span className="muted">{t("definition.contains", { n: pack.definitions })}</span>
          )}
        </Link>
      ))}
    </section>
  );
}

export default function DefinitionsPage() {
  const t = useT();
  const mayEdit = useMay("schema.edit");
  const mayImport = useMay("schema.import");
  const called = useCalled();
  const packs = useGet("definitions", "/packs").data?.items ?? [];
  const all = useGet("definitions", "/definitions").data?.items ?? [];
  const kinds = new Map(all.map(({ kind, kind_label }) => [kind, kind_label]));
  return (
    <ListPage
      before={
        <>
          {mayImport ? <WaitingUpdates /> : null}
          <Packs packs={packs} />
        </>
      }
      actions={
        mayEdit ? (
          <Link className="button button-main" to="/definitions/new">
            {t("definition.create")}
          </Link>
        ) : null
      }
      spec={{
        page: "definitions",
        topic: "definitions",
        path: "/definitions",
        rowKey: (row) => `${row.kind}/${row.name}`,
        href: (row) => `/definitions/${row.kind}/${encodeURIComponent(row.name)}`,
        columns: [
          {
            key: "name",
            sort: "name",
            label: t("definition.name"),
            render: (row) => <code>{row.name}</code>,
          },
          {
            key: "label",
            sort: "label",
            label: t("definition.label"),
            render: (row) => (row.label === row.name ? "–" : row.label),
          },
          {
            key: "kind",
            sort: "kind_label",
            export: "kind_label",
            label: t("definition.kind"),
            width: 160,
            render: (row) => row.kind_label,
          },
          {
            key: "pack",
            sort: "pack",
            label: t("definition.pack"),
            width: 120,
            render: (row) => called.pack(row.pack),
          },
          {
            key: "version",
            sort: "version",
            label: t("definition.version"),
            width: 80,
            right: true,
            render: (row) => row.version,
          },
        ],
        filters: [
          {
            name: "kind",
            label: t("definition.kind"),
            options: [...kinds].map(([value, label]) => ({ value, label })),
          },
          {
            name: "pack",
            label: t("definition.pack"),
            options: packs.map((pack) => ({ value: pack.name, label: pack.label || pack.name })),
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              {row.kind_label}
              <span className="spring" />
              <span className="card-note">{called.pack(row.pack)}</span>
            </span>
            <span className="card-title">{row.label}</span>
          </>
        ),
        empty: { title: t("definition.empty"), hint: t("definition.emptyHint") },
      }}
    />
  );
}
