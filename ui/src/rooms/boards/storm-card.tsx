/** Tickets of one storm as one card; it opens to its tickets. */
import { Link } from "react-router";
import type { TicketRow } from "@/api/types";
import { useT } from "@/language";
import { shortTime, span } from "@/language/format";
import { COLOURS, Glyph, Importance } from "@/parts/marks";
import { leading } from "@/rooms/tickets/clock";
import { ClockLine } from "@/rooms/tickets/clock-line";
import { headline, type Card, type LaneColour, type Storm } from "./lanes";
import { between } from "@/parts/names";

const ORDER: readonly LaneColour[] = ["black", "red", "yellow", "green", "grey"];

/** How often each name occurs, the most frequent first. */
function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

const different = (ids: readonly (string | undefined)[]): number =>
  new Set(ids.filter((id) => id !== undefined)).size;

function earliest(tickets: Card["tickets"]): TicketRow {
  const due = (ticket: TicketRow): number =>
    ticket.due_at ? Date.parse(ticket.due_at) : Number.POSITIVE_INFINITY;
  return tickets.reduce((first, ticket) => (due(ticket) < due(first) ? ticket : first));
}

/** What is known of the storm: whom it concerns and when it came. No cause is claimed. */
export function StormFacts({ storm, tickets }: { storm: Storm; tickets: readonly TicketRow[] }) {
  const t = useT();
  const lasted = (Date.parse(storm.last_at) - Date.parse(storm.first_at)) / 1000;
  return (
    <>
      {t("board.stormWhere", {
        systems: different(tickets.flatMap((ticket) => ticket.systems.map((ref) => ref.id))),
        items: different(tickets.map((ticket) => ticket.item?.id)),
      })}
      {" · "}
      {t("board.stormWhen", { time: shortTime(storm.first_at), span: span(lasted) })}
    </>
  );
}

function Colours({ colours }: Pick<Card, "colours">) {
  const t = useT();
  const present = ORDER.filter((colour) => colours[colour]);
  if (present.length < 2) return null;
  return (
    <span className="storm-colours">
      {present.map((colour) => (
        <span key={colour} className="nowrap">
          <Glyph {...COLOURS[colour]} size="0.85em" /> {t(`colour.${colour}`)} {colours[colour]}
        </span>
      ))}
    </span>
  );
}

function Who({ tickets }: { tickets: readonly TicketRow[] }) {
  const t = useT();
  const unassigned = tickets.filter((ticket) => !ticket.assignee).length;
  const people = counted(tickets.flatMap((ticket) => ticket.assignee?.name ?? []));
  return (
    <>
      {unassigned > 0 ? (
        <span className="unassigned">
          {t("word.unassigned")} {unassigned}
        </span>
      ) : null}
      <span className="clip">
        {people
          .map(([name, count]) => (people.length > 1 ? `${name} ${count}` : name))
          .join(between())}
      </span>
    </>
  );
}

export function StormCard({ card, wall = false }: { card: Card; wall?: boolean }) {
  const t = useT();
  const { storm, tickets } = card;
  if (!storm) return null;
  const [first] = tickets;
  const clock = leading(earliest(tickets).clocks);
  const states = counted(tickets.map((ticket) => ticket.state_label));
  const body = (
    <>
      <p className="ticket-top">
        <b className="storm-count">{t("board.stormCount", { n: storm.tickets.length })}</b>
        {first.level ? <span className="level">{first.level}</span> : null}
        <Importance value={first.importance} />
        <span className="ticket-state">
          {states
            .map(([state, count]) => (states.length > 1 ? `${state} ${count}` : state))
            .join(" · ")}
        </span>
      </p>
      <h3>{t("board.stormTitle", { title: headline(tickets).title })}</h3>
      <p className="storm-facts">
        <StormFacts storm={storm} tickets={tickets} />
      </p>
      <Colours colours={card.colours} />
      {clock ? <ClockLine clock={clock} /> : null}
      <p className="ticket-foot">
        <Who tickets={tickets} />
      </p>
    </>
  );
  return (
    <li className="ticket-card storm-card" data-storm={storm.id} data-count={storm.tickets.length}>
      {wall ? <div>{body}</div> : <Link to={`/boards/information?storm=${storm.id}`}>{body}</Link>}
    </li>
  );
}
