/** Does one thing with several tickets, and says with which it is done and why not with the others. */
import { Button, Modal } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { answered, api } from "@/api/client";
import { Problem } from "@/api/problem";
import { queryClient } from "@/api/queries";
import type { ActedOn, TicketAct, TicketRow } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import "./many.css";

/** As many as the server takes in one request. */
export const MOST = 200;
/** So many are sent at a time, so that one sees how far it is. */
const PART = 50;

type Acted = Pick<TicketRow, "id" | "number" | "title">;

/** A name for a request: sent again under it, nothing is done twice. */
function newName(): string {
  // `crypto.randomUUID` is only there over HTTPS, which not every hospital has inside.
  const random = crypto.getRandomValues(new Uint32Array(4));
  return [...random].map((part) => part.toString(36)).join("-");
}

async function send(
  tickets: readonly string[],
  act: TicketAct,
  name: string,
  told: (n: number) => void,
): Promise<ActedOn> {
  const whole: ActedOn = { done: [], refused: [] };
  for (let first = 0; first < tickets.length; first += PART) {
    told(first);
    const part = await answered(
      api.POST("/tickets/acts", {
        params: { header: { "Idempotency-Key": name } },
        body: { tickets: tickets.slice(first, first + PART), act },
      }),
    );
    whole.done.push(...part.done);
    whole.refused.push(...part.refused);
  }
  return whole;
}

export interface Acting {
  /** Answers what came of it; null where the request itself failed, of which the reader is told. */
  act: (tickets: readonly Acted[], act: TicketAct) => Promise<ActedOn | null>;
  /** With how many it was tried so far; null: nothing is being done. */
  progress: number | null;
}

export function useActing(): Acting {
  const [progress, setProgress] = useState<number | null>(null);
  /** The same once more, after an answer was lost, goes under the same name. */
  const lost = useRef<{ said: string; name: string } | null>(null);
  return {
    progress,
    act: async (tickets, act) => {
      const ids = tickets.map(({ id }) => id);
      const said = JSON.stringify([ids, act]);
      const name = lost.current?.said === said ? lost.current.name : newName();
      lost.current = { said, name };
      try {
        const found = await send(ids, act, name, setProgress);
        lost.current = null;
        return found;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        toast(error.message, "failed");
        return null;
      } finally {
        setProgress(null);
        for (const topic of ["tickets", "board"])
          void queryClient.invalidateQueries({ queryKey: [topic] });
      }
    },
  };
}

/** Ticket by ticket why it was not done. */
export function Outcome({
  found,
  tickets,
  stay,
  onClose,
}: {
  found: ActedOn;
  tickets: readonly Acted[];
  /** What is told of the refused besides. */
  stay?: string;
  onClose: () => void;
}) {
  const t = useT();
  const known = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  return (
    <Modal
      open
      title={t("ticket.manyOutcome", { n: found.done.length, refused: found.refused.length })}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("word.close")}
        </Button>
      }
    >
      {stay ? <p className="muted">{stay}</p> : null}
      <ul className="many-refused" data-field="refused">
        {found.refused.map(({ ticket, why }) => (
          <li key={ticket}>
            <Link to={`/tickets/${ticket}`} className="tap">
              <span className="mono">{known.get(ticket)?.number}</span> {known.get(ticket)?.title}
            </Link>
            <span className="refused">{why}</span>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
