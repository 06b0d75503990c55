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
  if (clock.paused) return "grey";
  if (reached(clock.due_at, at)) return "black";
  if (reached(clock.red_at, at)) return "red";
  return reached(clock.yellow_at, at) ? "yellow" : "green";
}

/** Seconds until the clock is overdue; negative afterwards; null when nothing is due. */
export function remainingAt(clock: Clock, at: number): number | null {
  if (clock.stopped_at || clock.paused || !clock.due_at) return clock.remaining_s;
  return (Date.parse(clock.due_at) - at) / 1000;
}

/** Share of the time from start to due that is gone, 0..1. */
export function goneAt(clock: Clock, at: number): number {
  if (clock.paused || !clock.due_at) {
    return clock.remaining_s === null
      ? 0
      : clamp(1 - clock.remaining_s / Math.max(1, clock.target_s));
  }
  const [start, due] = [Date.parse(clock.started_at), Date.parse(clock.due_at)];
  return clamp((at - start) / Math.max(1, due - start));
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
