/** One SLA clock as a line: its name, a bar, the time left, ticking. */
import type { Clock } from "@/api/types";
import { useT } from "@/language";
import { ticking } from "@/language/format";
import { useNow } from "@/parts/now";
import { Glyph } from "@/parts/marks";
import { colourAt, goneAt, remainingAt } from "./clock";
import "./clock.css";

export function ClockLine({ clock }: { clock: Clock }) {
  const t = useT();
  const at = useNow();
  const colour = colourAt(clock, at);
  const left = remainingAt(clock, at);
  const over = left !== null && left < 0;
  const word = clock.paused ? t("board.pausedAt") : t(over ? "board.over" : "board.left");
  return (
    <div className={`clock clock-${colour}`} title={clock.pause_reason ?? undefined}>
      <span className="clock-name">
        {clock.label}
        {clock.round > 1 ? ` ${t("ticket.round", { round: clock.round })}` : ""}
      </span>
      <span className="clock-bar" aria-hidden>
        <i style={{ width: `${String(goneAt(clock, at) * 100)}%` }} />
      </span>
      <span className="clock-left">
        {clock.paused ? <Glyph shape="bars" size="0.7em" /> : null}
        <small>{word}</small> {left === null ? "–" : ticking(left)}
      </span>
    </div>
  );
}

/** Only the figure, for a list's cell. */
export function Remaining({ clock }: { clock: Clock | null }) {
  const t = useT();
  const at = useNow();
  if (!clock) return <span className="muted">–</span>;
  const left = remainingAt(clock, at);
  const colour = colourAt(clock, at);
  return (
    <span className={`clock-figure clock-${colour}`} title={clock.label}>
      <small>
        {clock.paused
          ? t("board.pausedAt")
          : t(left !== null && left < 0 ? "board.over" : "board.left")}
      </small>{" "}
      {left === null ? "–" : ticking(left)}
    </span>
  );
}
