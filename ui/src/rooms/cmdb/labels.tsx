/** Labels of items with their QR codes, to be printed: on a sheet, or one by one. */
import encodeQR from "qr";
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Item } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { Empty, Failed, Waiting } from "@/parts/states";
import { codeOf } from "./scanned";
import "./labels.css";

const SIZES = ["large", "medium", "small"] as const;
type Size = (typeof SIZES)[number];
const MOST = 500;

function Code({ item }: { item: Item }) {
  const t = useT();
  const dots = encodeQR(codeOf(window.location.origin, item.id), "raw", { ecc: "medium" });
  const drawn = dots.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : [])),
  );
  return (
    <svg
      className="label-code"
      viewBox={`0 0 ${dots.length} ${dots.length}`}
      role="img"
      aria-label={t("label.of", { name: item.name })}
      shapeRendering="crispEdges"
    >
      <path d={`M0 0h${dots.length}v${dots.length}H0z`} fill="#fff" />
      <path d={drawn.join("")} fill="#000" />
    </svg>
  );
}

function Label({ item }: { item: Item }) {
  return (
    <li className="label" data-label={item.id}>
      <Code item={item} />
      <span className="label-words">
        <b>{item.name}</b>
        <span>{item.type_label}</span>
        <code>{item.key}</code>
      </span>
    </li>
  );
}

const sizeOf = (text: string | null): Size => SIZES.find((size) => size === text) ?? "large";

export default function LabelsPage() {
  const t = useT();
  const [asked, ask] = useSearchParams();
  const where = asked.get("where") ?? "";
  const size = sizeOf(asked.get("size"));
  const found = useGet(
    "items",
    "/items",
    { query: { where, limit: MOST, sort: "name" } },
    { enabled: where !== "" },
  );
  const items = found.data?.items ?? [];
  const total = found.data?.total ?? 0;
  return (
    <PageFrame
      lead={items.length > 0 ? t("label.count", { n: items.length }) : null}
      actions={
        <>
          <select
            className="label-size"
            aria-label={t("label.size")}
            value={size}
            onChange={(event) => {
              ask({ where, size: event.target.value }, { replace: true });
            }}
          >
            {SIZES.map((each) => (
              <option key={each} value={each}>
                {t(`label.sizes.${each}`)}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="button button-main"
            disabled={items.length === 0}
            onClick={() => {
              window.print();
            }}
          >
            {t("label.print")}
          </button>
        </>
      }
      ready={where === "" || found.data !== undefined || found.error !== null}
    >
      {found.error ? <Failed problem={found.error} again={() => void found.refetch()} /> : null}
      {where !== "" && !found.data && !found.error ? <Waiting /> : null}
      {total > items.length ? (
        <p className="card" role="status">
          {t(found.data?.total_is_at_least ? "label.farTooMany" : "label.tooMany", {
            total,
            most: MOST,
          })}
        </p>
      ) : null}
      {(found.data ?? where === "") && items.length === 0 ? (
        <Empty title={t("label.empty")} hint={t("label.emptyHint")} />
      ) : null}
      <ul className={`labels labels-${size}`}>
        {items.map((item) => (
          <Label key={item.id} item={item} />
        ))}
      </ul>
    </PageFrame>
  );
}
