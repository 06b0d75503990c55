/** Who did what to what, in words; sealed records cannot be changed unseen. */
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { AuditRecord } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { ListPage } from "@/parts/list/list-page";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { At } from "@/parts/time";
import { Chain } from "./audit-chain";
import "./access.css";
import { betweenClauses } from "@/parts/names";

const detailText = (told: AuditRecord["told"]): string =>
  told.map(({ label, text }) => `${label}: ${text}`).join(betweenClauses());

/** Where a thing has its page, by the kind that the audit gives it. */
const PAGES: Record<string, (id: string) => string> = {
  account: (id) => `/people/${id}`,
  alert: (id) => `/alerts/${id}`,
  definition: (id) => `/definitions/${id}`,
  item: (id) => `/items/${id}`,
  target: (id) => `/targets/${id}`,
  ticket: (id) => `/tickets/${id}`,
};

function Subject({ row }: { row: AuditRecord }) {
  const page = row.subject_there ? PAGES[row.subject_kind] : undefined;
  const name = page ? (
    <Link className="tap" to={page(row.subject_id)}>
      {row.subject_name}
    </Link>
  ) : (
    row.subject_name
  );
  return (
    <>
      <span className="muted">{row.subject_label}</span> {name}
    </>
  );
}

/** The way to everything that was done to the same thing. */
function OnlyThis({ row }: { row: AuditRecord }) {
  const t = useT();
  const [params] = useSearchParams();
  if (!row.subject_name || params.get("subject_id") === row.subject_id) return null;
  return (
    <Link
      className="only-this nowrap"
      to={`/audit?subject_id=${encodeURIComponent(row.subject_id)}`}
    >
      {t("audit.onlyThis")}
    </Link>
  );
}

function Sealed({ sealed }: { sealed: boolean }) {
  const t = useT();
  const sign = sealed ? CONDITIONS.ok : CONDITIONS.unknown;
  return (
    <span className={`mark mark-quiet tone-${sign.tone}`}>
      <Glyph shape={sign.shape} size="0.85em" />
      {t(sealed ? "audit.sealed" : "audit.pending")}
    </span>
  );
}

/** What the list can be narrowed to, as the server names it. */
function useWords(filter: "action" | "subject_kind") {
  const words = useGet("access", "/audit-words").data?.items ?? [];
  return words
    .filter((word) => word.filter === filter)
    .map(({ name, label }) => ({ value: name, label }));
}

export default function AuditPage() {
  const t = useT();
  const acts = useWords("action");
  const kinds = useWords("subject_kind");
  return (
    <ListPage
      before={<Chain />}
      spec={{
        page: "audit",
        topic: "access",
        path: "/audit",
        rowKey: (row) => row.id,
        columns: [
          {
            key: "at",
            label: t("audit.at"),
            width: 170,
            render: (row) => (
              <time dateTime={row.at} className="nowrap">
                {fullTime(row.at)}
              </time>
            ),
          },
          { key: "actor", label: t("audit.actor"), width: 120, render: (row) => row.actor.name },
          {
            key: "action",
            label: t("audit.action"),
            width: 170,
            render: (row) => row.action_label,
          },
          {
            key: "subject",
            label: t("audit.subject"),
            width: 360,
            render: (row) => (
              <>
                <Subject row={row} /> <OnlyThis row={row} />
              </>
            ),
          },
          {
            key: "detail",
            label: t("audit.detail"),
            render: (row) => (
              <div className="clip" title={detailText(row.told)}>
                {detailText(row.told)}
              </div>
            ),
          },
          {
            key: "sealed",
            label: t("audit.sealed"),
            width: 100,
            render: (row) => <Sealed sealed={row.sealed} />,
          },
        ],
        filters: [
          { name: "since", label: t("audit.since"), moment: true },
          { name: "until", label: t("audit.until"), moment: true },
          { name: "subject_id", label: t("audit.object"), remote: "subjects" },
          { name: "actor", label: t("audit.actor"), remote: "accounts" },
          { name: "action", label: t("audit.action"), options: acts },
          { name: "subject_kind", label: t("audit.kind"), options: kinds },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              {row.action_label}
              <span className="spring" />
              <At at={row.at} />
            </span>
            <span>
              <Subject row={row} />
            </span>
            <span className="card-row card-note">
              {row.actor.name}
              <span className="spring" />
              <Sealed sealed={row.sealed} />
            </span>
            <span className="card-note">{detailText(row.told)}</span>
          </>
        ),
        empty: { title: t("audit.empty"), hint: t("audit.emptyHint") },
      }}
    />
  );
}
