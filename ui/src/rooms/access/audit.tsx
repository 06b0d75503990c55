/** Who did what to what; sealed records cannot be changed unseen. */
import type { AuditRecord } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { ListPage } from "@/parts/list/list-page";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { At } from "@/parts/time";

const detailText = (detail: AuditRecord["detail"]): string =>
  Object.entries(detail ?? {})
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("；");

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

export default function AuditPage() {
  const t = useT();
  return (
    <ListPage
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
          {
            key: "actor",
            label: t("audit.actor"),
            width: 120,
            render: (row) => row.actor?.name ?? "–",
          },
          {
            key: "action",
            label: t("audit.action"),
            width: 190,
            render: (row) => <code>{row.action}</code>,
          },
          {
            key: "subject_kind",
            label: t("audit.subject"),
            width: 110,
            render: (row) => row.subject_kind,
          },
          {
            key: "subject_id",
            label: "ID",
            hidden: true,
            render: (row) => <code>{row.subject_id}</code>,
          },
          {
            key: "detail",
            label: t("audit.detail"),
            render: (row) => (
              <div className="clip" title={detailText(row.detail)}>
                {detailText(row.detail)}
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
        filters: [{ name: "actor", label: t("audit.actor"), remote: "accounts" }],
        card: (row) => (
          <>
            <span className="card-row">
              <code>{row.action}</code>
              <span className="spring" />
              <At at={row.at} />
            </span>
            <span className="card-row card-note">
              {row.actor?.name ?? "–"}
              <span className="spring" />
              <Sealed sealed={row.sealed} />
            </span>
            <span className="card-note">{detailText(row.detail)}</span>
          </>
        ),
        empty: { title: t("audit.empty"), hint: t("audit.emptyHint") },
      }}
    />
  );
}
