/**
 * What an SLA clock shows at a moment. The server computes the instants over the working calendar;
 * between two answers only the moment moves, so colour and remaining time follow from the instants.
 */
import type { Clock, Colour, TicketRow } from "@/api/types";

const RANK: Record<Colour, number> = { none: 0, grey: 1, green: 2, yellow: 3, red: 4, black: 5 };

export const worse = (a: Colour, b: Colour): Colour => (RANK[b] > RANK[a] ? b : a);

const reached = (instant: string | null, at: number): boolean =>
  instant !== null && at >= Date.parse(instant);

export function colourAt(clock: Clock, at: number): Colour {
  if (clock.stopped_at) return "none";
  if (reached(clock.due_at, at)) return "black";
  if (clock.paused) return "grey";
  if (reached(clock.red_at, at)) return "red";
  return reached(clock.yellow_at, at) ? "yellow" : "green";
}

/**
 * Seconds of a running clock that count between the server's reading and a moment: it counts or
 * not, and that changes at each turn; behind the last known one nothing more is assumed to count.
 */
function countedSince(clock: Clock, at: number): number {
  const turns = clock.turns.map((turn) => Date.parse(turn));
  let [from, counts, gone] = [Date.parse(clock.read_at), clock.counts, 0];
  for (const turn of turns) {
    if (turn >= at) break;
    if (counts) gone += turn - from;
    [from, counts] = [turn, !counts];
  }
  return (counts && at > from ? gone + at - from : gone) / 1000;
}

/** Whether the clock counts at a moment, as far as its next turns are known. */
export function countsAt(clock: Clock, at: number): boolean {
  const turned = clock.turns.filter((turn) => Date.parse(turn) <= at).length;
  return turned % 2 === 0 ? clock.counts : !clock.counts;
}

/** Seconds left as the clock counts; negative when overdue; null when nothing is due. */
export function remainingAt(clock: Clock, at: number): number | null {
  if (clock.stopped_at || clock.paused || clock.remaining_s === null) return clock.remaining_s;
  return clock.remaining_s - countedSince(clock, at);
}

/** Share of the promised time that is gone, 0..1. */
export function goneAt(clock: Clock, at: number): number {
  const left = remainingAt(clock, at);
  return left === null ? 0 : clamp(1 - left / Math.max(1, clock.target_s));
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));

const dueOf = (clock: Clock): number =>
  clock.due_at ? Date.parse(clock.due_at) : Number.POSITIVE_INFINITY;

/** The clock to watch: of those that run, the first to be due; else the first that is paused. */
export function leading(clocks: readonly Clock[]): Clock | null {
  const open = clocks.filter((clock) => !clock.stopped_at);
  const running = open.filter((clock) => !clock.paused).sort((a, b) => dueOf(a) - dueOf(b));
  return running[0] ?? open[0] ?? null;
}

/** The server's colour, or a worse one that a clock has reached since it answered. */
export function ticketColourAt(ticket: Pick<TicketRow, "colour" | "clocks">, at: number): Colour {
  if (ticket.colour === "grey" || ticket.colour === "none") return ticket.colour;
  return ticket.clocks
    .filter((clock) => !clock.stopped_at && !clock.paused)
    .map((clock) => colourAt(clock, at))
    .reduce(worse, ticket.colour);
}
