/** Tables that collectors bring: processes and services, filtered and sorted here. */
import { Input } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { ItemTable } from "@/api/types";
import { useT } from "@/language";
import { fullTime, quantity } from "@/language/format";
import { Empty, Failed, Waiting } from "@/parts/states";
import { plainValue } from "@/parts/value";
import "@/parts/list/list.css";

type Row = Record<string, unknown>;

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
}

/** A number without unit is a name as often as a count (process, port): shown as it is. */
function shownValue(value: unknown, unit: string | null): string {
  if (typeof value !== "number") return plainValue(value);
  return unit || !Number.isInteger(value) ? quantity(value, unit) : String(value);
}

function Rows({ table }: { table: ItemTable }) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [sort, setSort] = useState<{ by: string; down: boolean } | null>(null);
  const wanted = typed.trim().toLowerCase();
  const found = table.rows.filter(
    (row) =>
      !wanted || Object.values(row).some((value) => String(value).toLowerCase().includes(wanted)),
  );
  const rows = sort
    ? [...found].sort((a: Row, b: Row) => compare(a[sort.by], b[sort.by]) * (sort.down ? -1 : 1))
    : found;
  const numeric = (name: string): boolean => typeof table.rows[0]?.[name] === "number";
  const turn = (by: string): void => {
    setSort(sort?.by === by ? { by, down: !sort.down } : { by, down: numeric(by) });
  };
  return (
    <section className="list panel">
      <div className="list-bar">
        <Input
          allowClear
          className="list-search"
          value={typed}
          placeholder={t("item.filterRows")}
          aria-label={t("item.filterRows")}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <span className="spring" />
        <span className="muted">
          {t("item.rows", { n: rows.length })} · {t("item.at", { time: fullTime(table.at) })}
        </span>
      </div>
      <div className="list-scroll list-wide">
        <table className="table" data-table={table.name}>
          <thead>
            <tr>
              {table.columns.map(({ name, label }) => (
                <th
                  key={name}
                  scope="col"
                  className={numeric(name) ? "right" : undefined}
                  aria-sort={
                    sort?.by === name ? (sort.down ? "descending" : "ascending") : undefined
                  }
                >
                  <button
                    type="button"
                    onClick={() => {
                      turn(name);
                    }}
                  >
                    {label}
                    <i aria-hidden>{sort?.by === name ? (sort.down ? "↓" : "↑") : "↕"}</i>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 500).map((row, place) => (
              <tr key={place}>
                {table.columns.map(({ name, unit }) => (
                  <td
                    key={name}
                    className={numeric(name) ? "right nowrap" : "clip"}
                    title={numeric(name) ? undefined : plainValue(row[name])}
                  >
                    {shownValue(row[name], unit)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function ItemTables({ item }: { item: string }) {
  const t = useT();
  const [params, setParams] = useSearchParams();
  const { data, error } = useGet("targets", "/items/{item_id}/tables", {
    path: { item_id: item },
  });
  const name =
    data?.items.find((offered) => offered.name === params.get("table"))?.name ??
    data?.items[0]?.name;
  const table = useGet(
    "targets",
    "/items/{item_id}/tables/{name}",
    { path: { item_id: item, name: name ?? "" } },
    { enabled: name !== undefined, every: 10_000, keep: true },
  );
  if (!data) return error ? <Failed problem={error} /> : <Waiting />;
  if (data.items.length === 0)
    return (
      <div className="panel">
        <Empty icon="items" title={t("item.tables")} hint={t("item.noTables")} />
      </div>
    );
  const choose = (next: string): void => {
    setParams({ tab: "tables", table: next }, { replace: true });
  };
  return (
    <>
      <div>
        <div className="switch" role="group">
          {data.items.map((offered) => (
            <button
              key={offered.name}
              type="button"
              aria-pressed={offered.name === name}
              onClick={() => {
                choose(offered.name);
              }}
            >
              {offered.label}
            </button>
          ))}
        </div>
      </div>
      {table.data ? (
        <Rows key={table.data.name} table={table.data} />
      ) : table.error ? (
        <Failed problem={table.error} />
      ) : (
        <Waiting />
      )}
    </>
  );
}
