/** The coloured columns (bands on the phone) of cards. */
import { useT } from "@/language";
import { COLOURS, Glyph } from "@/parts/marks";
import type { Card, Lane, LaneColour, Lanes } from "./lanes";
import { StormCard } from "./storm-card";
import { TicketCard } from "./ticket-card";

const ORDER = ["black", "red", "yellow", "green", "grey"] as const;
/** Up to so many cards have room for everything; more are drawn dense, so that a screen holds them. */
const MANY = 24;

interface Props {
  lanes: Lanes;
  /** One below the other, the empty ones left out. */
  bands?: boolean;
  /** At most so many cards in a column; the rest becomes a number. */
  most?: number;
  wall?: boolean;
}

/** A column without cards is as wide as its name; the others share the rest by what they hold. */
const width = ({ cards }: Lane): string =>
  cards.length === 0
    ? "3.8em"
    : `minmax(min(15.5em, 18%), ${String(Math.ceil(Math.sqrt(cards.length)))}fr)`;

function BoardCard({ card, wall }: { card: Card; wall: boolean }) {
  return card.storm ? (
    <StormCard card={card} wall={wall} />
  ) : (
    <TicketCard ticket={card.tickets[0]} wall={wall} />
  );
}

interface ColumnProps {
  colour: LaneColour;
  lane: Lane;
  most: number;
  wall: boolean;
}

function Column({ colour, lane, most, wall }: ColumnProps) {
  const t = useT();
  const rest = Math.max(0, lane.cards.length - most);
  const meaning = t(`board.meaning.${colour}`);
  return (
    <section
      className={`lane lane-${colour}${lane.cards.length === 0 ? " lane-empty" : ""}`}
      data-colour={colour}
      data-tickets={lane.tickets}
      aria-label={t(`colour.${colour}`)}
    >
      <header title={meaning}>
        <Glyph shape={COLOURS[colour].shape} size="1.05em" />
        <h2>{t(`colour.${colour}`)}</h2>
        <small>{meaning}</small>
        <b>{lane.tickets}</b>
      </header>
      {lane.elsewhere > 0 ? (
        <p className="lane-none">{t("board.inStorms", { n: lane.elsewhere })}</p>
      ) : null}
      {lane.cards.length > 0 ? (
        <ul>
          {lane.cards.slice(0, most).map((card) => (
            <BoardCard key={card.id} card={card} wall={wall} />
          ))}
          {rest > 0 ? <li className="lane-none">{t("board.moreCards", { n: rest })}</li> : null}
        </ul>
      ) : null}
    </section>
  );
}

export function TicketColumns({ lanes, bands = false, most = 200, wall = false }: Props) {
  const shown = ORDER.filter((colour) => !bands || lanes[colour].tickets > 0);
  const cards = ORDER.reduce((sum, colour) => sum + lanes[colour].cards.length, 0);
  const widths = ORDER.map((colour) => width(lanes[colour])).join(" ");
  return (
    <div
      className={`${bands ? "bands" : "lanes"}${cards > MANY ? " lanes-dense" : ""}`}
      style={bands ? undefined : { gridTemplateColumns: widths }}
      data-board="information"
      data-cards={cards}
    >
      {shown.map((colour) => (
        <Column key={colour} colour={colour} lane={lanes[colour]} most={most} wall={wall} />
      ))}
    </div>
  );
}
