/** The SLA clocks of one ticket, each with its target, its due time and how it ended. */
import type { Clock } from "@/api/types";
import { useT } from "@/language";
import { shortTime, span, workingDays } from "@/language/format";
import { ColourMark, CONDITIONS, Glyph } from "@/parts/marks";
import { useNow } from "@/parts/now";
import { colourAt } from "./clock";
import { ClockLine } from "./clock-line";

function Ended({ clock }: { clock: Clock }) {
  const t = useT();
  const met = clock.met !== false;
  return (
    <span className="clock-ended">
      <Glyph {...(met ? CONDITIONS.ok : CONDITIONS.down)} size="0.9em" />
      {t(met ? "ticket.met" : "ticket.missed")}
      {clock.stopped_at ? <span className="muted"> {shortTime(clock.stopped_at)}</span> : null}
    </span>
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
        <li key={clock.name} data-clock={clock.name} data-colour={colourAt(clock, at)}>
          {clock.stopped_at ? (
            <div className="clock-head">
              <span>{clock.label}</span>
              <Ended clock={clock} />
            </div>
          ) : (
            <>
              <ClockLine clock={clock} />
              <ColourMark colour={colourAt(clock, at)} quiet />
            </>
          )}
          <small className="muted">
            {t("ticket.targetOf", { span: promised(clock) })}
            {clock.due_at && !clock.stopped_at && !clock.paused
              ? ` · ${t("ticket.dueAt", { time: shortTime(clock.due_at) })}`
              : ""}
            {clock.paused
              ? ` · ${t("ticket.pausedBecause", { reason: clock.pause_reason ?? "–" })}`
              : ""}
          </small>
        </li>
      ))}
    </ul>
  );
}
