/** What is critical and what is fragile, and how that moved within a month. */
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { Importance } from "@/parts/marks";

const OF = ["items", "services"] as const;
const TRENDS = ["worse", "better", "same"] as const;

function Head({ of }: { of: (typeof OF)[number] }) {
  const t = useT();
  const [, setParams] = useSearchParams();
  const days = useGet("scenarios", "/impact/days").data?.days;
  return (
    <>
      <div className="card-row" role="group">
        {OF.map((each) => (
          <button
            key={each}
            type="button"
            className={`button${each === of ? " button-main" : ""}`}
            aria-pressed={each === of}
            data-ranking={each}
            onClick={() => {
              setParams(each === "items" ? {} : { of: each });
            }}
          >
            {t(`ranking.${each}`)}
          </button>
        ))}
      </div>
      <p className="muted">
        {t("ranking.weight")}{" "}
        {days ? (days[0] ? t("ranking.since", { day: days[0] }) : t("ranking.noDays")) : null}
      </p>
    </>
  );
}

export default function RankingsPage() {
  const t = useT();
  const [params] = useSearchParams();
  const of = params.get("of") === "services" ? "services" : "items";
  const moved = (row: { gained: number | null; lost: number | null }): string =>
    row.gained === null || row.lost === null
      ? "–"
      : t("ranking.moved", { came: row.gained, went: row.lost });
  return (
    <ListPage
      key={of}
      before={<Head of={of} />}
      spec={{
        page: `rankings-${of}`,
        topic: "items",
        path: "/impact/rankings",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [
          { key: "name", label: t("ranking.name"), sort: "name", render: (row) => row.name },
          {
            key: "layer_label",
            label: t("ranking.layer"),
            sort: "layer_label",
            width: 130,
            render: (row) => row.layer_label,
          },
          {
            key: "importance",
            label: t("ranking.class"),
            sort: "importance",
            width: 90,
            render: (row) => <Importance value={row.importance} />,
          },
          ...(["single", "manual", "score"] as const).map((key) => ({
            key,
            label: t(`ranking.${key}`),
            sort: key,
            width: 100,
            right: true,
            render: (row: Record<typeof key, number>) => row[key],
          })),
          {
            key: "gained",
            label: t("ranking.trend"),
            sort: "gained",
            width: 170,
            render: (row) => moved(row),
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <b>{row.name}</b>
              <span className="spring" />
              <Importance value={row.importance} />
            </span>
            <span className="card-row card-note">
              X {row.single} · M {row.manual} · {t("ranking.score")} {row.score}
              <span className="spring" />
              {moved(row)}
            </span>
          </>
        ),
        filters: [
          {
            name: "of",
            label: t("ranking.items"),
            single: true,
            options: OF.map((value) => ({ value, label: t(`ranking.${value}`) })),
          },
          {
            name: "trend",
            label: t("ranking.trend"),
            options: TRENDS.map((value) => ({ value, label: t(`ranking.trends.${value}`) })),
          },
          {
            name: "importance",
            label: t("ranking.class"),
            options: ["A", "B", "C"].map((value) => ({ value, label: value })),
          },
        ],
        empty: { title: t("ranking.empty"), hint: t("ranking.emptyHint") },
      }}
    />
  );
}
