/** What happened to a ticket, newest first. */
import type { TimelineEntry } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { Icon, type IconName } from "@/parts/icon";
import { At } from "@/parts/time";

const KINDS: Record<TimelineEntry["kind"], { label: TextKey; icon: IconName }> = {
  opened: { label: "ticket.opened", icon: "newTicket" },
  state: { label: "ticket.stateChanged", icon: "check" },
  assigned: { label: "ticket.assignedTo", icon: "account" },
  comment: { label: "ticket.commentOf", icon: "comment" },
  alert: { label: "ticket.alertSaid", icon: "alerts" },
  field: { label: "ticket.fieldChanged", icon: "rules" },
  clock: { label: "ticket.clockSaid", icon: "auto" },
};

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const t = useT();
  const sorted = [...entries].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.id - a.id);
  return (
    <ol className="timeline">
      {sorted.map((entry) => {
        const kind = KINDS[entry.kind] ?? KINDS.field;
        return (
          <li key={entry.id} className={`timeline-${entry.kind}`} data-kind={entry.kind}>
            <span className="timeline-dot">
              <Icon name={kind.icon} size={13} />
            </span>
            <div>
              <p className="timeline-head">
                <b>{entry.actor?.name ?? t("word.system")}</b>
                <span className="muted">{t(kind.label)}</span>
                <span className="spring" />
                <At at={entry.at} />
              </p>
              {entry.text ? <p className="timeline-text">{entry.text}</p> : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
