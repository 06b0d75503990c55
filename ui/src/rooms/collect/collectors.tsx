/** The collectors that run now. */
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { ListPage } from "@/parts/list/list-page";
import { Ago, At } from "@/parts/time";

export default function CollectorsPage() {
  const t = useT();
  return (
    <ListPage
      spec={{
        page: "collectors",
        topic: "targets",
        path: "/collectors",
        rowKey: (row) => row.id,
        columns: [
          { key: "host", sort: "host", label: t("collector.host"), render: (row) => row.host },
          {
            key: "pid",
            sort: "pid",
            label: t("collector.pid"),
            width: 90,
            right: true,
            render: (row) => row.pid,
          },
          {
            key: "targets",
            sort: "targets",
            label: t("collector.targets"),
            width: 90,
            right: true,
            render: (row) => row.targets,
          },
          {
            key: "samples_per_second",
            sort: "samples_per_second",
            label: t("collector.rate"),
            width: 110,
            right: true,
            render: (row) => quantity(Math.round(row.samples_per_second)),
          },
          {
            key: "spool_bytes",
            sort: "spool_bytes",
            label: t("collector.spool"),
            width: 110,
            right: true,
            render: (row) => quantity(row.spool_bytes, "bytes"),
          },
          {
            key: "started_at",
            sort: "started_at",
            label: t("collector.startedAt"),
            width: 130,
            render: (row) => <At at={row.started_at} />,
          },
          {
            key: "last_at",
            sort: "last_at",
            label: t("collector.lastAt"),
            width: 130,
            render: (row) => <Ago at={row.last_at} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-title">
              {row.host} <span className="mono card-note">{row.pid}</span>
            </span>
            <span className="card-row card-note">
              {t("collector.targets")} {row.targets} ·{" "}
              {quantity(Math.round(row.samples_per_second))}/s
              <span className="spring" />
              <Ago at={row.last_at} />
            </span>
          </>
        ),
        empty: { title: t("collector.empty"), hint: t("collector.emptyHint") },
      }}
    />
  );
}
