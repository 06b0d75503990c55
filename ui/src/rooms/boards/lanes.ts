/** What stands in which column of the information board. */
import type { Colour, InformationBoard, TicketRow } from "@/api/types";
import { ticketColourAt, worse } from "@/rooms/tickets/clock";

export type LaneColour = Exclude<Colour, "none">;
export type Storm = InformationBoard["storms"][number];

/** One card: a ticket, or tickets of one storm with the most pressing first. */
export interface Card {
  id: string;
  storm: Storm | null;
  tickets: readonly [TicketRow, ...TicketRow[]];
  /** How many tickets have each colour. */
  colours: Partial<Record<LaneColour, number>>;
}

export interface Lane {
  cards: Card[];
  /** How many tickets have the colour, wherever their card stands. */
  tickets: number;
  /** How many of them are in the card of a storm that stands in a worse column. */
  elsewhere: number;
}

export type Lanes = Record<LaneColour, Lane>;

/** So few of a storm say more as cards of their own; the server counts alike. */
export const FEWEST = 3;

const due = (ticket: TicketRow): number =>
  ticket.due_at ? Date.parse(ticket.due_at) : Number.POSITIVE_INFINITY;

const higher = (a: TicketRow, b: TicketRow): number =>
  a.level_place - b.level_place || due(a) - due(b);

const laneOf = (ticket: TicketRow, at: number): LaneColour => {
  const colour = ticketColourAt(ticket, at);
  return colour === "none" ? "grey" : colour;
};

function card(storm: Storm | null, tickets: readonly TicketRow[], at: number): Card | null {
  const [first, ...others] = [...tickets].sort(higher);
  if (!first) return null;
  const colours: Card["colours"] = {};
  for (const ticket of tickets) {
    const colour = laneOf(ticket, at);
    colours[colour] = (colours[colour] ?? 0) + 1;
  }
  return { id: storm?.id ?? first.id, storm, tickets: [first, ...others], colours };
}

/** Each ticket by itself, but for those of a storm, which are one. */
function cards(tickets: readonly TicketRow[], storms: readonly Storm[], at: number): Card[] {
  const stormOf = new Map(storms.flatMap((storm) => storm.tickets.map((id) => [id, storm])));
  const held = new Map<Storm | null, TicketRow[]>();
  for (const ticket of tickets) {
    const storm = stormOf.get(ticket.id) ?? null;
    const several = held.get(storm);
    if (several) several.push(ticket);
    else held.set(storm, [ticket]);
  }
  return [...held]
    .flatMap(([storm, several]) =>
      storm && several.length >= FEWEST
        ? [card(storm, several, at)]
        : several.map((ticket) => card(null, [ticket], at)),
    )
    .filter((found) => found !== null);
}

const worstOf = (found: Card): LaneColour =>
  (Object.keys(found.colours) as LaneColour[]).reduce<Colour>(worse, "none") as LaneColour;

/** Cards by the worst colour in them at this moment; in each the highest level on top, then what is
 * due first. No storms: each ticket is a card. */
export function lanes(tickets: readonly TicketRow[], storms: readonly Storm[], at: number): Lanes {
  const empty = (): Lane => ({ cards: [], tickets: 0, elsewhere: 0 });
  const found: Lanes = {
    black: empty(),
    red: empty(),
    yellow: empty(),
    green: empty(),
    grey: empty(),
  };
  for (const each of cards(tickets, storms, at)) {
    const home = worstOf(each);
    found[home].cards.push(each);
    for (const [colour, count] of Object.entries(each.colours) as [LaneColour, number][]) {
      found[colour].tickets += count;
      if (colour !== home) found[colour].elsewhere += count;
    }
  }
  for (const lane of Object.values(found))
    lane.cards.sort((a, b) => higher(a.tickets[0], b.tickets[0]));
  return found;
}

/** Most people ask first of what the most stand on. */
export const headline = (tickets: Card["tickets"]): TicketRow =>
  tickets.reduce((widest, ticket) =>
    ticket.systems.length > widest.systems.length ? ticket : widest,
  );
