/** 信息看板: every open ticket by the colour of its SLA clock. */
import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import { useSession } from "@/api/session";
import type { InformationBoard } from "@/api/types";
import { useT } from "@/language";
import { useNow } from "@/parts/now";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { BoardActions } from "./board-actions";
import { lanes } from "./lanes";
import { StormFacts } from "./storm-card";
import { TicketColumns } from "./ticket-columns";
import { Untaken } from "./untaken";
import { UpdateLosses } from "./update-losses";
import "./boards.css";

/** Fetched for a storm alone: the board itself is drawn without a component library. */
const AcceptAll = lazy(() => import("./accept-all"));

interface Narrowed {
  assignee?: string[];
  storm?: string[];
}

/** The server narrows: a part of the board can be behind what one answer holds. */
export const useInformation = (narrowed: Narrowed = {}) =>
  useGet("board", "/boards/information", { query: { limit: 500, ...narrowed } }, { keep: true });

const total = (counts: InformationBoard["counts"]): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** An empty part of the board is no empty board: it says what is open outside of it. */
function Nothing({ board, narrowed }: { board: InformationBoard; narrowed: Narrowed }) {
  const t = useT();
  const open = total(board.counts);
  const title = narrowed.storm ? t("board.stormOver") : t("board.noneMine");
  return (
    <div className="panel">
      {open > 0 && (narrowed.storm ?? narrowed.assignee) ? (
        <Empty title={title} hint={t("board.othersOpen", { n: open })} />
      ) : (
        <Empty title={t("board.allQuiet")} hint={t("board.allQuietHint")} />
      )}
    </div>
  );
}

interface TicketsProps {
  answer: ReturnType<typeof useInformation>;
  narrowed: Narrowed;
  /** Whether those of a storm stand each by itself. */
  apart?: boolean;
}

function Tickets({ answer: { data, error, refetch }, narrowed, apart = false }: TicketsProps) {
  const phone = usePhone();
  const at = useNow();
  if (!data)
    return error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting lines={8} />;
  if (data.items.length === 0) return <Nothing board={data} narrowed={narrowed} />;
  return <TicketColumns lanes={lanes(data.items, apart ? [] : data.storms, at)} bands={phone} />;
}

/** The tickets of one storm, each by itself. */
function StormPage({ id }: { id: string }) {
  const t = useT();
  const narrowed = { storm: [id] };
  const answer = useInformation(narrowed);
  const { data, error } = answer;
  const storm = data?.storms.find((each) => each.id === id);
  const rows = data?.items ?? [];
  return (
    <PageFrame
      title={storm ? t("board.stormOpened", { n: storm.tickets.length }) : undefined}
      ready={data !== undefined || error !== null}
      lead={
        <span className="storm-lead">
          <Link to="/boards/information">← {t("board.wholeBoard")}</Link>
          {storm ? (
            <span>
              <StormFacts storm={storm} tickets={rows} />
            </span>
          ) : null}
          {storm ? <span>{t("board.stormNoCause")}</span> : null}
        </span>
      }
      actions={
        <Suspense fallback={null}>
          <AcceptAll tickets={rows} />
        </Suspense>
      }
    >
      <Tickets answer={answer} narrowed={narrowed} apart />
    </PageFrame>
  );
}

export function InformationPage() {
  const [params] = useSearchParams();
  const storm = params.get("storm");
  return storm ? <StormPage id={storm} /> : <WholeBoard />;
}

function WholeBoard() {
  const t = useT();
  const phone = usePhone();
  const me = useSession()?.account.id;
  const [params, setParams] = useSearchParams();
  const mine = params.get("assignee") === "me";
  const narrowed = mine && me ? { assignee: [me] } : {};
  const answer = useInformation(narrowed);
  const { data, error } = answer;
  const rows = data?.items ?? [];
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
      <Tickets answer={answer} narrowed={narrowed} />
    </PageFrame>
  );
}
