/** The SLA clocks of one ticket, each with its target, its due time and how it ended. */
import type { Clock } from "@/api/types";
import { useT } from "@/language";
import { shortTime, span, workingDays } from "@/language/format";
import { ColourMark, CONDITIONS, Glyph } from "@/parts/marks";
import { useNow } from "@/parts/now";
import { colourAt, countsAt } from "./clock";
import { ClockLine } from "./clock-line";

const OUTCOMES = {
  met: { mark: CONDITIONS.ok, word: "ticket.met" },
  missed: { mark: CONDITIONS.down, word: "ticket.missed" },
  void: { mark: CONDITIONS.unknown, word: "ticket.void" },
} as const;

function Ended({ clock }: { clock: Clock }) {
  const t = useT();
  if (!clock.outcome) return null;
  const { mark, word } = OUTCOMES[clock.outcome];
  return (
    <span className="clock-ended" data-outcome={clock.outcome}>
      <Glyph {...mark} size="0.9em" />
      {t(word)}
      {clock.stopped_at ? <span className="muted"> {shortTime(clock.stopped_at)}</span> : null}
    </span>
  );
}

/** What stands small beneath a clock: the promise, when it is due, what holds it, what is missing. */
function Conditions({ clock, at }: { clock: Clock; at: number }) {
  const t = useT();
  const running = !clock.stopped_at && !clock.paused;
  const next = clock.turns.find((turn) => Date.parse(turn) > at);
  const said = [
    t("ticket.targetOf", { span: promised(clock) }),
    running && clock.due_at ? t("ticket.dueAt", { time: shortTime(clock.due_at) }) : "",
    running && !countsAt(clock, at) && next
      ? t("ticket.countsFrom", { time: shortTime(next) })
      : running && clock.working_time
        ? t("ticket.countsWorking")
        : "",
    clock.paused ? t("ticket.pausedBecause", { reason: clock.pause_reason ?? "–" }) : "",
  ].filter((part) => part !== "");
  return (
    <>
      <small className="muted">{said.join(" · ")}</small>
      {clock.unlisted_year && !clock.stopped_at ? (
        <small className="clock-unlisted" data-unlisted={clock.unlisted_year}>
          {t("ticket.unlisted", { year: clock.unlisted_year })}
        </small>
      ) : null}
    </>
  );
}

/** What was promised: in working days where they are whole, whatever hours a day has. */
const promised = (clock: Clock): string =>
  clock.target_days === null ? span(clock.target_s) : workingDays(clock.target_days);

export function Clocks({ clocks }: { clocks: readonly Clock[] }) {
  const t = useT();
  const at = useNow();
  if (clocks.length === 0) return <p className="muted">{t("ticket.noClocks")}</p>;
  return (
    <ul className="clocks">
      {clocks.map((clock) => (
        <li
          key={`${clock.name} ${String(clock.round)}`}
          data-clock={clock.name}
          data-round={clock.round}
          data-colour={colourAt(clock, at)}
        >
          {clock.stopped_at ? (
            <div className="clock-head">
              <span>
                {clock.label}
                {clock.round > 1 ? ` ${t("ticket.round", { round: clock.round })}` : ""}
              </span>
              <Ended clock={clock} />
            </div>
          ) : (
            <>
              <ClockLine clock={clock} />
              <ColourMark colour={colourAt(clock, at)} quiet />
            </>
          )}
          <Conditions clock={clock} at={at} />
        </li>
      ))}
    </ul>
  );
}
