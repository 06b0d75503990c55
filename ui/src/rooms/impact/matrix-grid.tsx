/**
 * The matrix drawn: only what is in sight, however large it is; heads and totals stay in place.
 * Arrow keys move, Enter tells why; what one points at is crossed by its row and column.
 */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Link } from "react-router";
import type { MatrixService } from "@/api/types";
import { useT } from "@/language";
import { inSight, type Letter, type Row } from "./matrix-model";

const [ROW, COLUMN, HEAD, NAME, TOTAL] = [28, 34, 160, 300, 84] as const;
const ASLANT = 80; // what the last name takes beyond its column

export interface Place {
  row: number;
  column: number;
}

export interface Column {
  place: number;
  service: MatrixService;
}

interface Props {
  rows: readonly Row[];
  /** Those that are drawn, each with its place among all. */
  services: readonly Column[];
  hidden: ReadonlyMap<string, string[]>;
  chosen: Place | null;
  onChoose: (place: Place) => void;
}

/** Where it is scrolled to and how much is in sight; at most once a frame. */
function useSight() {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, left: 0, width: 1_200, height: 700 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let frame = 0;
    const look = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const { scrollTop: top, scrollLeft: left, clientWidth, clientHeight } = element;
        setSight({ top, left, width: clientWidth, height: clientHeight });
      });
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);
  /** Scrolls as far as it takes to have a place in sight. */
  const show = ({ row, column }: Place): void => {
    const element = box.current;
    if (!element) return;
    const [top, left] = [row * ROW, column * COLUMN];
    const [height, width] = [element.clientHeight - HEAD, element.clientWidth - NAME - TOTAL];
    element.scrollTo({
      top: Math.max(Math.min(element.scrollTop, top), top + ROW - height),
      left: Math.max(Math.min(element.scrollLeft, left), left + COLUMN - width),
    });
  };
  return { box, sight, show };
}

const said = (t: ReturnType<typeof useT>, row: Row, service: MatrixService, letter?: Letter) =>
  t("impact.cellOf", {
    item: row.item.name,
    service: service.name,
    what: t(letter ? `impact.${letter}` : "impact.blank"),
  });

function Totals({ totals }: { totals: { single: number; manual: number; alternative: number } }) {
  return (
    <span className="matrix-totals">
      <b className={totals.single ? "matrix-X" : ""}>{totals.single}</b>
      <span>{totals.manual}</span>
      <span>{totals.alternative}</span>
    </span>
  );
}

interface Columns {
  services: readonly Column[];
  /** The place of the first of them among all. */
  first: number;
}

const leftOf = (column: number): number => NAME + TOTAL + column * COLUMN;

function Head({ services, first, hidden }: Columns & { hidden: Props["hidden"] }) {
  const t = useT();
  return (
    <div className="matrix-head" style={{ height: HEAD }}>
      <div className="matrix-corner" style={{ width: NAME + TOTAL }}>
        <span>{t("impact.system")} →</span>
        <span>{t("impact.item")} ↓</span>
        <span className="matrix-totals" title={t("impact.totals")}>
          <b>X</b>
          <span>M</span>
          <span>A</span>
        </span>
      </div>
      {services.map(({ service: each }, number) => {
        const restricted = hidden.get(each.id);
        const more = restricted ? t("impact.hidden", { layers: restricted.join("、") }) : "";
        return (
          <div
            key={each.id}
            className="matrix-service"
            style={{ left: leftOf(first + number), width: COLUMN }}
            title={`${each.name}\n${more}`}
          >
            <Link to={`/items/${each.id}`} tabIndex={-1}>
              {each.name}
            </Link>
            <b className={each.totals.single ? "matrix-X" : ""}>
              {each.totals.single}
              {restricted ? "+" : ""}
            </b>
          </div>
        );
      })}
    </div>
  );
}

interface LineProps extends Columns {
  row: Row;
  place: number;
  chosen: number | null;
  onChoose: (place: Place) => void;
}

function Line({ row, place, services, first, chosen, onChoose }: LineProps) {
  const t = useT();
  return (
    <div className="matrix-row" data-row={place} style={{ top: HEAD + place * ROW, height: ROW }}>
      <div className="matrix-name" style={{ width: NAME + TOTAL }}>
        <Link to={`/items/${row.item.id}`} tabIndex={-1} title={row.item.name}>
          {row.item.name}
        </Link>
        <small>{row.item.layer_label}</small>
        <Totals totals={row.item.totals} />
      </div>
      {services.map(({ service: each, place: among }, number) => {
        const column = first + number;
        const letter = row.cells.get(among);
        return letter ? (
          <button
            key={each.id}
            type="button"
            tabIndex={-1}
            className={`matrix-cell matrix-${letter}${chosen === column ? " matrix-chosen" : ""}`}
            data-column={column}
            style={{ left: leftOf(column), width: COLUMN }}
            title={said(t, row, each, letter)}
            onClick={() => {
              onChoose({ row: place, column });
            }}
          >
            {letter}
          </button>
        ) : null;
      })}
    </div>
  );
}

const keys: Record<string, Place> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  PageUp: { row: -15, column: 0 },
  PageDown: { row: 15, column: 0 },
};

const within = (value: number, count: number): number => Math.max(Math.min(value, count - 1), 0);

function placeUnder({ target }: PointerEvent): Place | null {
  const of = (name: string): HTMLElement | null => (target as Element).closest(`[data-${name}]`);
  const [row, column] = [of("row")?.dataset.row, of("column")?.dataset.column];
  return row && column ? { row: Number(row), column: Number(column) } : null;
}

export function MatrixGrid({ rows, services, hidden, chosen, onChoose }: Props) {
  const t = useT();
  const { box, sight, show } = useSight();
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [pointed, setPointed] = useState<Place | null>(null);
  const down = inSight(sight.top, sight.height - HEAD, ROW, rows.length);
  const across = inSight(sight.left, sight.width - NAME - TOTAL, COLUMN, services.length);
  const columns = { services: services.slice(across.first, across.last), first: across.first };

  const move = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onChoose(at);
    const step = keys[event.key];
    if (!step) return;
    event.preventDefault();
    const next = {
      row: within(at.row + step.row, rows.length),
      column: within(at.column + step.column, services.length),
    };
    setAt(next);
    setPointed(next);
    show(next);
  };
  const choose = (place: Place): void => {
    setAt(place);
    onChoose(place);
  };

  const [current, over] = [rows[at.row], services[at.column]];
  return (
    <div
      ref={box}
      className="matrix-box card"
      tabIndex={0}
      role="application"
      aria-label={t("impact.grid")}
      onKeyDown={move}
      onPointerOver={(event) => {
        setPointed(placeUnder(event));
      }}
    >
      <span className="visually-hidden" aria-live="polite">
        {current && over ? said(t, current, over.service, current.cells.get(over.place)) : ""}
      </span>
      <div
        className="matrix-sheet"
        style={{ width: leftOf(services.length) + ASLANT, height: HEAD + rows.length * ROW }}
      >
        <Head {...columns} hidden={hidden} />
        {rows.slice(down.first, down.last).map((row, number) => (
          <Line
            key={row.item.id}
            {...columns}
            row={row}
            place={down.first + number}
            chosen={chosen?.row === down.first + number ? chosen.column : null}
            onChoose={choose}
          />
        ))}
        {pointed ? (
          <>
            <div
              className="matrix-cross-row"
              style={{ top: HEAD + pointed.row * ROW, height: ROW }}
            />
            <div
              className="matrix-cross-column"
              style={{ left: leftOf(pointed.column), width: COLUMN }}
            />
          </>
        ) : null}
      </div>
    </div>
  );
}
