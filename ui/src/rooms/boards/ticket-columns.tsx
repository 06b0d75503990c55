/** The coloured columns (bands on the phone) of tickets. */
import type { TicketRow } from "@/api/types";
import { useT } from "@/language";
import { COLOURS, Glyph } from "@/parts/marks";
import type { Grouped } from "./information";
import { TicketCard } from "./ticket-card";

const ORDER = ["black", "red", "yellow", "green", "grey"] as const;

interface Props {
  groups: Grouped;
  /** One below the other, the empty ones left out. */
  bands?: boolean;
  /** At most so many cards in a column; the rest becomes a number. */
  most?: number;
  wall?: boolean;
}

export function TicketColumns({ groups, bands = false, most = 200, wall = false }: Props) {
  const t = useT();
  const shown = ORDER.filter((colour) => !bands || groups[colour].length > 0);
  const widths = ORDER.map((colour) =>
    groups[colour].length > 0 ? "minmax(0, 1fr)" : "minmax(7.5em, 0.42fr)",
  );
  const rest = (rows: readonly TicketRow[]): number => Math.max(0, rows.length - most);
  return (
    <div
      className={bands ? "bands" : "lanes"}
      style={bands ? undefined : { gridTemplateColumns: widths.join(" ") }}
      data-board="information"
    >
      {shown.map((colour) => (
        <section
          key={colour}
          className={`lane lane-${colour}`}
          data-colour={colour}
          aria-label={t(`colour.${colour}`)}
        >
          <header>
            <Glyph shape={COLOURS[colour].shape} size="1.05em" />
            <h2>{t(`colour.${colour}`)}</h2>
            <small>{t(`board.meaning.${colour}`)}</small>
            <b>{groups[colour].length}</b>
          </header>
          <ul>
            {groups[colour].slice(0, most).map((ticket) => (
              <TicketCard key={ticket.id} ticket={ticket} wall={wall} />
            ))}
            {groups[colour].length === 0 ? (
              <li className="lane-none">{t("board.noneHere")}</li>
            ) : null}
            {rest(groups[colour]) > 0 ? (
              <li className="lane-none">{t("board.moreCards", { n: rest(groups[colour]) })}</li>
            ) : null}
          </ul>
        </section>
      ))}
    </div>
  );
}
