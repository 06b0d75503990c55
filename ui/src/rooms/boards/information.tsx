/** 信息看板: every open ticket by the colour of its SLA clock. */
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import { useSession } from "@/api/session";
import type { Colour, InformationBoard, TicketRow } from "@/api/types";
import { useT } from "@/language";
import { useNow } from "@/parts/now";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { ticketColourAt } from "@/rooms/tickets/clock";
import { BoardActions } from "./board-actions";
import { TicketColumns } from "./ticket-columns";
import { Untaken } from "./untaken";
import { UpdateLosses } from "./update-losses";
import "./boards.css";

export const useInformation = () =>
  useGet("board", "/boards/information", { query: { limit: 500 } }, { keep: true });

export type Grouped = Record<Exclude<Colour, "none">, TicketRow[]>;

const due = (ticket: TicketRow): number =>
  ticket.due_at ? Date.parse(ticket.due_at) : Number.POSITIVE_INFINITY;

const higher = (a: TicketRow, b: TicketRow): number =>
  a.level_place - b.level_place || due(a) - due(b);

/** Tickets by the colour they have at this moment; in each the highest level on top, then the first
 * to be due. */
export function grouped(tickets: readonly TicketRow[], at: number): Grouped {
  const groups: Grouped = { black: [], red: [], yellow: [], green: [], grey: [] };
  for (const ticket of tickets) {
    const colour = ticketColourAt(ticket, at);
    groups[colour === "none" ? "grey" : colour].push(ticket);
  }
  for (const group of Object.values(groups)) group.sort(higher);
  return groups;
}

/** More tickets than one answer holds: the server has counted them all. */
const total = (counts: InformationBoard["counts"]): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

export function InformationPage() {
  const t = useT();
  const phone = usePhone();
  const me = useSession()?.account.id;
  const [params, setParams] = useSearchParams();
  const mine = params.get("assignee") === "me";
  const { data, error, refetch } = useInformation();
  const minute = useNow();
  const rows = (data?.items ?? []).filter((ticket) => !mine || ticket.assignee?.id === me);
  const chooseMine = (only: boolean): void => {
    setParams(only ? { assignee: "me" } : {}, { replace: true });
  };
  return (
    <PageFrame
      ready={data !== undefined || error !== null}
      lead={
        data ? t("board.open", { n: mine || !data.next ? rows.length : total(data.counts) }) : null
      }
      actions={
        <>
          <div className="switch" role="group">
            <button
              type="button"
              aria-pressed={!mine}
              onClick={() => {
                chooseMine(false);
              }}
            >
              {t("board.everyone")}
            </button>
            <button
              type="button"
              aria-pressed={mine}
              onClick={() => {
                chooseMine(true);
              }}
            >
              {t("board.mine")}
            </button>
          </div>
          {phone ? null : <BoardActions wall="/wall/information" />}
        </>
      }
    >
      <Untaken alerts={data?.untaken_alerts ?? 0} />
      <UpdateLosses updates={data?.update_losses ?? 0} />
      {!data ? (
        error ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : (
          <Waiting lines={8} />
        )
      ) : rows.length === 0 ? (
        <div className="panel">
          <Empty title={t("board.allQuiet")} hint={t("board.allQuietHint")} />
        </div>
      ) : (
        <TicketColumns groups={grouped(rows, minute)} bands={phone} />
      )}
    </PageFrame>
  );
}
