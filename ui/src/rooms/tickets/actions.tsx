/** What can be done with a ticket in its present state. */
import { Button, Form, Tooltip } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { queryClient, useSend } from "@/api/queries";
import { useMay, useSession } from "@/api/session";
import type { Ticket, Transition } from "@/api/types";
import { useT } from "@/language";
import { usePhone } from "@/parts/phone";
import { ThumbActs } from "@/parts/thumb-acts";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { EditFacts } from "./edit-facts";
import { Retarget } from "./retarget";
import { TransitionForm } from "./transition-form";

/** A ticket that is another than was shown is shown anew before anyone decides. */
export function tell(problem: Problem, staleWords: string): void {
  if (problem.status === 409) void queryClient.invalidateQueries({ queryKey: ["tickets"] });
  toast(problem.code === "changed_meanwhile" ? staleWords : problem.message, "failed");
}

const assign = (ticket: Ticket, account: string): Promise<Ticket> =>
  answered(
    api.POST("/tickets/{ticket_id}/assignee", {
      params: { path: { ticket_id: ticket.id } },
      body: { account },
    }),
  );

function Assign({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const label = t("ticket.assignee");
  const hand = useSend(
    ({ account }: { account: string }) => assign(ticket, account),
    ["tickets", "board"],
  );
  /** Who had it when the dialog came: somebody else may give it away meanwhile. */
  const [before] = useState(ticket.assignee);
  return (
    <FormDialog
      title={t("ticket.assign")}
      save={hand}
      initial={before ? { account: before.id } : {}}
      onClose={onClose}
    >
      <Form.Item
        name="account"
        label={label}
        rules={[{ required: true, message: t("ticket.choosePerson") }]}
        extra={
          ticket.assignee?.id === before?.id ? undefined : (
            <span className="meanwhile" role="status">
              {t("form.meanwhile")} <b>{ticket.assignee?.name ?? t("word.unassigned")}</b>
            </span>
          )
        }
      >
        <RefSelect of="accounts" placeholder={t("ticket.choosePerson")} />
      </Form.Item>
    </FormDialog>
  );
}

function TransitionButton({
  move,
  main,
  onStart,
}: {
  move: Transition;
  main: boolean;
  onStart: (move: Transition) => void;
}) {
  return (
    <Tooltip title={move.allowed ? undefined : move.why_not}>
      <Button
        type={main ? "primary" : "default"}
        disabled={!move.allowed}
        data-transition={move.name}
        onClick={() => {
          onStart(move);
        }}
      >
        {move.label}
      </Button>
    </Tooltip>
  );
}

/** The phone keeps one action at the thumb and the rest behind it. */
function PhoneActions({
  moves,
  extra,
  onStart,
}: {
  moves: Transition[];
  extra: { key: string; label: string; act: () => void }[];
  onStart: (move: Transition) => void;
}) {
  const t = useT();
  const [first, ...rest] = moves.map((move) => ({
    key: move.name,
    label: move.label,
    onClick: () => {
      onStart(move);
    },
  }));
  const others = extra.map(({ key, label, act }) => ({ key, label, onClick: act }));
  return (
    <ThumbActs
      first={first}
      told="data-transition"
      rest={[...rest, ...others]}
      label={t("ticket.actions")}
    />
  );
}

export function Actions({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const phone = usePhone();
  const me = useSession()?.account.id ?? "";
  const [move, setMove] = useState<Transition | null>(null);
  const [assigning, setAssigning] = useState(false);
  const [retargeting, setRetargeting] = useState(false);
  const [editing, setEditing] = useState(false);
  const take = useSend(() => assign(ticket, me), ["tickets", "board"]);
  const takeIt = (): void => {
    take.mutate(undefined, {
      onSuccess: () => {
        toast(t("ticket.taken"));
      },
      onError: (problem) => {
        tell(problem, t("ticket.stale"));
      },
    });
  };
  const [mayWork, mayAssign] = [useMay("tickets.work"), useMay("tickets.assign")];
  const mine = ticket.assignee?.id === me;
  const allowed = ticket.transitions.filter((way) => way.allowed);
  const main = allowed[0]?.name;
  /** A new ticket is taken by its first step, which also stops the response clock. */
  const acceptable = ticket.category === "new" && main !== undefined;
  const extra = [
    ...(ticket.open && !mine && mayWork && !acceptable
      ? [{ key: "take", label: t("ticket.take"), act: takeIt }]
      : []),
    ...(ticket.open && mayAssign
      ? [
          {
            key: "assign",
            label: t("ticket.assign"),
            act: () => {
              setAssigning(true);
            },
          },
        ]
      : []),
    ...(ticket.open && mayWork
      ? [
          {
            key: "edit",
            label: t("word.edit"),
            act: () => {
              setEditing(true);
            },
          },
        ]
      : []),
    ...(ticket.may_retarget && ticket.clocks.length > 0
      ? [
          {
            key: "retarget",
            label: t("ticket.retarget"),
            act: () => {
              setRetargeting(true);
            },
          },
        ]
      : []),
  ];
  return (
    <>
      {phone ? (
        <PhoneActions moves={allowed} extra={extra} onStart={setMove} />
      ) : (
        <>
          {extra.map(({ key, label, act }) => (
            <Button
              key={key}
              data-act={key}
              onClick={act}
              loading={key === "take" && take.isPending}
            >
              {label}
            </Button>
          ))}
          {ticket.transitions.map((way) => (
            <TransitionButton
              key={way.name}
              move={way}
              main={way.name === main}
              onStart={setMove}
            />
          ))}
        </>
      )}
      {move ? (
        <TransitionForm
          ticket={ticket}
          move={move}
          onClose={() => {
            setMove(null);
          }}
        />
      ) : null}
      {retargeting ? (
        <Retarget
          ticket={ticket}
          onClose={() => {
            setRetargeting(false);
          }}
        />
      ) : null}
      {editing ? (
        <EditFacts
          ticket={ticket}
          onClose={() => {
            setEditing(false);
          }}
        />
      ) : null}
      {assigning ? (
        <Assign
          ticket={ticket}
          onClose={() => {
            setAssigning(false);
          }}
        />
      ) : null}
    </>
  );
}
