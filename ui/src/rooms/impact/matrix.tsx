/** 故障影响矩阵: which single item stops us, and whom. */
import { Checkbox, Input, Select } from "antd";
import { useDeferredValue, useMemo } from "react";
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { ImpactMatrix, MatrixService } from "@/api/types";
import { useT } from "@/language";
import { shortTime } from "@/language/format";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { MatrixGrid, type Column, type Place } from "./matrix-grid";
import {
  hiddenOf,
  hitBy,
  layersOf,
  LETTERS,
  narrowed,
  rowsOf,
  singlesOf,
  type Row,
} from "./matrix-model";
import { MatrixCards } from "./matrix-phone";
import { WhyPanel } from "./why-panel";
import "./matrix.css";

/** The systems that the rows in sight do something to. */
function columnsOf(matrix: ImpactMatrix, shown: readonly Row[]): Column[] {
  const hit = new Set(hitBy(shown));
  const all = matrix.services.map((service, place) => ({ service, place }));
  return all.filter(({ place }) => hit.has(place));
}

/** What is looked at is in the address: it can be sent to somebody. */
function useView() {
  const [params, setParams] = useSearchParams();
  const set = (told: Record<string, string | null>): void => {
    setParams(
      (now) => {
        for (const [name, value] of Object.entries(told)) {
          if (value) now.set(name, value);
          else now.delete(name);
        }
        return now;
      },
      { replace: true },
    );
  };
  return {
    layer: params.get("layer"),
    words: params.get("q") ?? "",
    onlySingles: params.get("only") === "X",
    item: params.get("item"),
    service: params.get("service"),
    set,
  };
}

function Legend({ matrix }: { matrix: ImpactMatrix }) {
  const t = useT();
  return (
    <p className="matrix-legend">
      <span>
        {t("impact.size", { items: matrix.items.length, services: matrix.services.length })}
      </span>
      <b>{t("impact.singles", { n: singlesOf(matrix.services) })}</b>
      {LETTERS.map((letter) => (
        <span key={letter}>
          <b className={`matrix-letter matrix-${letter}`}>{letter}</b> {t(`impact.${letter}short`)}
        </span>
      ))}
      {matrix.undecided > 0 ? <span>{t("impact.undecided", { n: matrix.undecided })}</span> : null}
      <span className="soft">{t("impact.asOf", { time: shortTime(matrix.as_of) })}</span>
    </p>
  );
}

function Matrix({ matrix }: { matrix: ImpactMatrix }) {
  const t = useT();
  const phone = usePhone();
  const view = useView();
  const words = useDeferredValue(view.words);
  const rows = useMemo(() => rowsOf(matrix), [matrix]);
  const hidden = useMemo(() => hiddenOf(matrix), [matrix]);
  const { layer, onlySingles } = view;
  const shown = useMemo(
    () => narrowed(rows, { layer, words, onlySingles }),
    [rows, layer, words, onlySingles],
  );
  const columns = useMemo(() => columnsOf(matrix, shown), [matrix, shown]);
  const chosen: Place = {
    row: shown.findIndex(({ item }) => item.id === view.item),
    column: columns.findIndex(({ service }) => service.id === view.service),
  };
  const choose = (row: number, service: MatrixService | undefined): void => {
    view.set({ item: shown[row]?.item.id ?? null, service: service?.id ?? null });
  };
  const untouched = matrix.services.length - columns.length;
  return (
    <>
      <Legend matrix={matrix} />
      <div className="matrix-filters">
        <Input
          allowClear
          value={view.words}
          placeholder={t("impact.find")}
          aria-label={t("impact.find")}
          onChange={(event) => {
            view.set({ q: event.target.value });
          }}
        />
        <Select
          aria-label={t("impact.allLayers")}
          value={view.layer ?? ""}
          options={[{ value: "", label: t("impact.allLayers") }, ...layersOf(rows)]}
          onChange={(value) => {
            view.set({ layer: value });
          }}
        />
        <Checkbox
          checked={view.onlySingles}
          onChange={(event) => {
            view.set({ only: event.target.checked ? "X" : null });
          }}
        >
          {t("impact.onlySingles")}
        </Checkbox>
        {untouched > 0 ? (
          <span className="muted">{t("impact.untouched", { n: untouched })}</span>
        ) : null}
      </div>
      <div className={view.item && view.service ? "matrix-with-panel" : ""}>
        {shown.length === 0 ? (
          <div className="panel">
            <Empty icon="matrix" title={t("impact.nothingFits")} />
          </div>
        ) : phone ? (
          view.item && view.service ? null : (
            <MatrixCards
              rows={shown}
              services={matrix.services}
              onChoose={(row, place) => {
                choose(row, matrix.services[place]);
              }}
            />
          )
        ) : (
          <MatrixGrid
            rows={shown}
            services={columns}
            hidden={hidden}
            chosen={chosen}
            onChoose={({ row, column }) => {
              choose(row, columns[column]?.service);
            }}
          />
        )}
        {view.item && view.service ? (
          <WhyPanel
            item={view.item}
            service={view.service}
            onClose={() => {
              view.set({ item: null, service: null });
            }}
          />
        ) : null}
      </div>
    </>
  );
}

function FileLink() {
  const t = useT();
  const { layer } = useView();
  const chosen = layer ? `?layers=${encodeURIComponent(layer)}` : "";
  return (
    <a className="button" href={`/api/v1/impact/matrix.xlsx${chosen}`} download data-act="export">
      {t("impact.file")}
    </a>
  );
}

export default function MatrixPage() {
  const t = useT();
  const { data, error, refetch } = useGet(
    "items",
    "/impact/matrix",
    { query: { form: "columns" } },
    { keep: true },
  );
  return (
    <PageFrame
      ready={data !== undefined || error !== null}
      actions={data && data.items.length > 0 ? <FileLink /> : null}
    >
      {!data ? (
        error ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : (
          <Waiting lines={10} />
        )
      ) : data.items.length === 0 ? (
        <div className="panel">
          <Empty icon="matrix" title={t("impact.none")} hint={t("impact.noneHint")} />
        </div>
      ) : (
        <Matrix matrix={data} />
      )}
    </PageFrame>
  );
}
