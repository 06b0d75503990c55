/** Boards for a wall: full screen, large, without navigation; it tells when it has gone stale. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { useParams, useSearchParams } from "react-router";
import { startLive, useLive } from "@/api/live";
import { Problem } from "@/api/problem";
import { signInByToken, useSession } from "@/api/session";
import { usePair, useT } from "@/language";
import type { Pair } from "@/language/texts";
import { clockTime, longDay, span } from "@/language/format";
import { useNow } from "@/parts/now";
import { useTitle } from "@/parts/page";
import { useForgetReady, useReady } from "@/parts/ready";
import { Empty } from "@/parts/states";
import { useInformation } from "./information";
import { lanes } from "./lanes";
import { NodeRows } from "./node-rows";
import { pages } from "./pages";
import { byGravity, ConditionCounts, NothingWrong, useStatus } from "./status";
import { SystemTiles, useSystems } from "./systems";
import { TicketColumns } from "./ticket-columns";
import { Untaken } from "./untaken";
import "./boards.css";
import "./wall.css";

const STALE_MS = 25_000;

/** A board longer than the screen moves by itself, a screen at a time, and starts again. */
function useTurning(box: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const timer = window.setInterval(() => {
      const view = box.current;
      if (!view || view.scrollHeight <= view.clientHeight + 4) return;
      const end = view.scrollTop + view.clientHeight >= view.scrollHeight - 4;
      view.scrollTo({
        top: end ? 0 : view.scrollTop + view.clientHeight * 0.9,
        behavior: "smooth",
      });
    }, 12_000);
    return () => {
      window.clearInterval(timer);
    };
  }, [box]);
}

function Information() {
  const t = useT();
  const at = useNow();
  const { data } = useInformation();
  useReady(data !== undefined);
  if (!data) return null;
  return (
    <>
      <Untaken alerts={data.untaken_alerts} />
      {data.items.length === 0 ? (
        <Empty title={t("board.allQuiet")} hint={t("board.allQuietHint")} />
      ) : (
        <TicketColumns lanes={lanes(data.items, data.storms, at)} wall />
      )}
    </>
  );
}

function Status() {
  const { data } = useStatus();
  useReady(data !== undefined);
  if (!data) return null;
  return (
    <>
      <ConditionCounts counts={data.counts} chosen={null} />
      <div className="panel">
        {data.items.length === 0 ? (
          <NothingWrong counts={data.counts} chosen={null} />
        ) : (
          <NodeRows rows={byGravity(data.items)} wall />
        )}
      </div>
    </>
  );
}

function Systems() {
  const { data } = useSystems();
  useReady(data !== undefined);
  return data ? <SystemTiles systems={data.items} wall /> : null;
}

const BOARDS = { information: Information, status: Status, systems: Systems };
type BoardName = keyof typeof BOARDS;

function Stale() {
  const t = useT();
  const at = useNow();
  const { heard } = useLive();
  const silent = at - heard;
  if (silent < STALE_MS) return null;
  return (
    <p className="wall-stale" role="alert">
      ▲ {t("board.staleSince", { time: clockTime(heard), span: span(silent / 1000) })}
    </p>
  );
}

/** A wall is named as the board on it. */
const titleOf = (board: BoardName): Pair =>
  pages.find((entry) => entry.path === `/boards/${board}`)?.title ?? [board, board];

function Wall({ board, title }: { board: BoardName; title: string }) {
  const t = useT();
  const at = useNow();
  const box = useRef<HTMLDivElement>(null);
  const Board = BOARDS[board];
  useEffect(startLive, []);
  useTurning(box);
  return (
    <main className="wall">
      <header className="wall-head">
        <img src="/mark.svg" alt="" />
        <h1>{title}</h1>
        <Stale />
        <span className="spring" />
        <span className="wall-day">{longDay(at)}</span>
        <time>{clockTime(at)}</time>
      </header>
      <div
        className="wall-body"
        ref={box}
        tabIndex={0}
        role="group"
        aria-label={t("shell.scrolls")}
      >
        <Board />
      </div>
    </main>
  );
}

/** Exchange the token in the address for a session, then forget it. */
function useToken(): string {
  const [params, setParams] = useSearchParams();
  const [refusal, setRefusal] = useState("");
  const token = params.get("token");
  useEffect(() => {
    if (!token) return;
    signInByToken(token)
      .then(() => {
        setParams({}, { replace: true });
      })
      .catch((reason: unknown) => {
        setRefusal(reason instanceof Problem ? reason.message : String(reason));
      });
  }, [token, setParams]);
  return refusal;
}

export default function WallPage() {
  const t = useT();
  const session = useSession();
  const refusal = useToken();
  const { board = "information" } = useParams();
  const name: BoardName = board in BOARDS ? (board as BoardName) : "information";
  useForgetReady();
  const title = usePair()(titleOf(name));
  useTitle(title);
  if (session) return <Wall board={name} title={title} />;
  if (session === undefined) return null;
  return (
    <div className="wall">
      <Empty icon="tokens" title={refusal || t("board.wallNeedsToken")} />
    </div>
  );
}
