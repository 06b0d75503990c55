/** What happened to a ticket, newest first. */
import { Button } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { Ticket, TimelineEntry } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { Icon, type IconName } from "@/parts/icon";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";
import "@/parts/timeline.css";

const KINDS: Record<TimelineEntry["kind"], { label: TextKey; icon: IconName }> = {
  opened: { label: "ticket.opened", icon: "newTicket" },
  state: { label: "ticket.stateChanged", icon: "check" },
  assigned: { label: "ticket.assignedTo", icon: "account" },
  comment: { label: "ticket.commentOf", icon: "comment" },
  alert: { label: "ticket.alertSaid", icon: "alerts" },
  field: { label: "ticket.fieldChanged", icon: "rules" },
  clock: { label: "ticket.clockSaid", icon: "auto" },
  retargeted: { label: "ticket.retargeted", icon: "auto" },
};

/** What came before a ticket's newest lines, asked for a page at a time. */
function useEarlier(ticket: Ticket) {
  const [pages, setPages] = useState<{ lines: TimelineEntry[]; next: string | null }[]>([]);
  const last = pages.at(-1);
  const next = last ? last.next : ticket.timeline_next;
  const more = useSend(
    (cursor: string) =>
      answered(
        api.GET("/tickets/{ticket_id}/timeline", {
          params: { path: { ticket_id: ticket.id }, query: { cursor } },
        }),
      ),
    [],
  );
  const fetchMore = (): void => {
    if (!next) return;
    more.mutate(next, {
      onSuccess: (page) => {
        setPages((known) => [...known, { lines: page.items, next: page.next ?? null }]);
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  return { lines: pages.flatMap((page) => page.lines), next, fetchMore, pending: more.isPending };
}

export function Timeline({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const earlier = useEarlier(ticket);
  const known = new Map([...earlier.lines, ...ticket.timeline].map((entry) => [entry.id, entry]));
  const sorted = [...known.values()].sort(
    (a, b) => Date.parse(b.at) - Date.parse(a.at) || b.id - a.id,
  );
  return (
    <>
      <Lines sorted={sorted} />
      {earlier.next ? (
        <Button onClick={earlier.fetchMore} loading={earlier.pending} data-act="earlier">
          {t("ticket.earlier")}
        </Button>
      ) : null}
    </>
  );
}

function Lines({ sorted }: { sorted: readonly TimelineEntry[] }) {
  const t = useT();
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
