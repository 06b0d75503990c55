/** On the phone: the most critical items as cards; one tap tells whom it stops, the next why. */
import type { MatrixService } from "@/api/types";
import { useT } from "@/language";
import { LETTERS, type Row } from "./matrix-model";

const SHOWN = 100;

interface Props {
  rows: readonly Row[];
  services: readonly MatrixService[];
  onChoose: (row: number, column: number) => void;
}

export function MatrixCards({ rows, services, onChoose }: Props) {
  const t = useT();
  return (
    <div className="matrix-cards">
      {rows.slice(0, SHOWN).map(({ item, cells }, row) => (
        <details key={item.id} className="card matrix-card">
          <summary>
            <b>{item.name}</b>
            <small className="muted">{item.layer_label}</small>
            <span className="matrix-card-totals">
              {LETTERS.map((letter) => {
                const n = [...cells.values()].filter((each) => each === letter).length;
                return n > 0 ? (
                  <span key={letter} className={`matrix-${letter}`}>
                    {letter} {n}
                    <span className="visually-hidden"> {t(`impact.${letter}short`)}</span>
                  </span>
                ) : null;
              })}
            </span>
          </summary>
          <ul>
            {[...cells].map(([column, letter]) => (
              <li key={column}>
                <button
                  type="button"
                  className="matrix-line"
                  onClick={() => {
                    onChoose(row, column);
                  }}
                >
                  <b className={`matrix-${letter}`}>{letter}</b>
                  <span>{services[column]?.name}</span>
                  <small className="muted">{t(`impact.${letter}short`)}</small>
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {rows.length > SHOWN ? (
        <p className="muted">{t("service.more", { n: rows.length - SHOWN })}</p>
      ) : null}
    </div>
  );
}
