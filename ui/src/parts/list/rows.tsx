/** Records as a table, or as cards on the phone. */
import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from "react";
import { Link, useNavigate } from "react-router";
import { useT } from "@/language";
import { nextSort } from "./address";
import { AllBox, goAmongBoxes, RowBox, type Choice } from "./choice";
import type { Column, RowSpec, SortKey } from "./types";

interface HeadProps<T> {
  column: Column<T>;
  sort: SortKey | null;
  onSort: (sort: SortKey | null) => void;
}

function Head<T>({ column, sort, onSort }: HeadProps<T>) {
  const by = column.sort;
  const active = by !== undefined && sort?.by === by ? sort : null;
  const order = active ? (active.down ? "descending" : "ascending") : undefined;
  return (
    <th
      scope="col"
      style={{ width: column.width }}
      aria-sort={order}
      className={column.right ? "right" : undefined}
    >
      {by === undefined ? (
        column.label
      ) : (
        <button
          type="button"
          onClick={() => {
            onSort(nextSort(sort, by));
          }}
        >
          {column.label}
          <i aria-hidden>{active ? (active.down ? "↓" : "↑") : "↕"}</i>
        </button>
      )}
    </th>
  );
}

/** Whether the table is wider than its place; asked again when either grows. */
function useWide(): [RefObject<HTMLDivElement | null>, boolean] {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const place = box.current;
    const table = place?.firstElementChild;
    if (!place || !table) return undefined;
    const watcher = new ResizeObserver(() => {
      setWide(table.scrollWidth > place.clientWidth);
    });
    watcher.observe(place);
    watcher.observe(table);
    return () => {
      watcher.disconnect();
    };
  }, []);
  return [box, wide];
}

interface TableProps<T> {
  rows: readonly T[];
  columns: readonly Column<T>[];
  spec: RowSpec<T>;
  sort: SortKey | null;
  onSort: (sort: SortKey | null) => void;
  choice?: Choice<T> | undefined;
}

/** By the place of its first row, what a group is called. */
function groupHeads<T>(rows: readonly T[], groupOf: RowSpec<T>["groupOf"]): (string | undefined)[] {
  const names = rows.map((row) => groupOf?.(row));
  return names.map((name, at) => (name === names[at - 1] ? undefined : name));
}

export function Table<T>({ rows, columns, spec, sort, onSort, choice }: TableProps<T>) {
  const go = useNavigate();
  const groups = groupHeads(rows, sort ? undefined : spec.groupOf);
  const [box, wide] = useWide();
  /** The whole row leads to its page; links, buttons and marked text in it keep their own meaning,
   * and so does a dialog that a button of the row has opened elsewhere. */
  const open = (event: MouseEvent, row: T): void => {
    if (!event.currentTarget.contains(event.target as Node)) return;
    const inner = (event.target as Element).closest("a,button,input,label");
    if (!spec.href || inner || window.getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(spec.href(row), "_blank", "noopener");
    else void go(spec.href(row));
  };
  /** `x` chooses the row in which one is. */
  const chooseByKey = (event: KeyboardEvent, row: T): void => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest("textarea, input:not([type=checkbox])")) return;
    choice?.set(row, !choice.has(row), false);
  };
  return (
    <div ref={box} className={wide ? "list-scroll list-wide" : "list-scroll"}>
      <table className="table">
        <thead>
          <tr>
            {choice ? (
              <th scope="col" className="choice">
                <AllBox rows={rows} choice={choice} />
              </th>
            ) : null}
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={choice ? goAmongBoxes : undefined}>
          {rows.map((row, at) => [
            groups[at] === undefined ? null : (
              <tr key={`group ${groups[at]}`} className="list-group">
                <th scope="rowgroup" colSpan={columns.length + (choice ? 1 : 0)}>
                  {groups[at]}
                </th>
              </tr>
            ),
            <tr
              key={spec.rowKey(row)}
              data-row={spec.rowKey(row)}
              className={spec.href ? "opens" : undefined}
              data-chosen={choice?.has(row)}
              onClick={(event) => {
                open(event, row);
              }}
              onKeyDown={(event) => {
                chooseByKey(event, row);
              }}
            >
              {choice ? (
                <td className="choice">
                  <RowBox row={row} choice={choice} name={spec.choosing?.nameOf(row) ?? ""} />
                </td>
              ) : null}
              {columns.map((column, place) => (
                <td key={column.key} className={column.right ? "right" : undefined}>
                  {place === 0 && spec.href ? (
                    <Link to={spec.href(row)}>{column.render(row)}</Link>
                  ) : (
                    column.render(row)
                  )}
                </td>
              ))}
            </tr>,
          ])}
        </tbody>
      </table>
    </div>
  );
}

type CardsProps<T> = Pick<TableProps<T>, "rows" | "spec" | "sort" | "choice">;

/** While some are being chosen, a touch of a card chooses it instead of opening it. */
export function Cards<T>({ rows, spec, sort, choice }: CardsProps<T>) {
  const t = useT();
  const groups = groupHeads(rows, sort ? undefined : spec.groupOf);
  return (
    <ul className="cards" aria-label={t("word.all")}>
      {rows.map((row, at) => [
        groups[at] === undefined ? null : (
          <li key={`group ${groups[at]}`} className="list-group">
            {groups[at]}
          </li>
        ),
        <li key={spec.rowKey(row)} data-row={spec.rowKey(row)}>
          {choice ? (
            <RowBox row={row} choice={choice} name={spec.choosing?.nameOf(row) ?? ""}>
              <span className="choice-card">{spec.card(row)}</span>
            </RowBox>
          ) : spec.href ? (
            <Link to={spec.href(row)}>{spec.card(row)}</Link>
          ) : (
            <div>{spec.card(row)}</div>
          )}
        </li>,
      ])}
    </ul>
  );
}
