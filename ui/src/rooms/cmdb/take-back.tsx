/** Changes of an item taken back: told first what would become of each, then done. */
import { Button, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { Change, Item, TakenBack } from "@/api/types";
import { useT } from "@/language";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { useQuery } from "@tanstack/react-query";
import "./care.css";

interface Props {
  item: Item;
  changes: readonly Change[];
  named: (field: string) => string;
  onClose: () => void;
  onDone: () => void;
}

function Steps({ found, named }: { found: TakenBack; named: (field: string) => string }) {
  const t = useT();
  return (
    <ul className="mend-refused" data-field="steps">
      {found.steps.map(({ change, name, field, took, why }) => (
        <li key={change} data-took={took}>
          <span>
            {name} · {named(field)} <b>{t(`takeBack.${took}`)}</b>
          </span>
          {why ? <span className="refused">{why}</span> : null}
        </li>
      ))}
    </ul>
  );
}

export function TakeBack({ item, changes, named, onClose, onDone }: Props) {
  const t = useT();
  const [act, setAct] = useState(false);
  const [over, setOver] = useState(false);
  const [reason, setReason] = useState("");
  const [ticket, setTicket] = useState("");
  const asked = { changes: changes.map(({ id }) => id), act, over_later: over };
  const send = (trial: boolean, why: { reason?: string; ticket?: string }) =>
    answered(
      api.POST("/items/{item_id}/undo", {
        params: { path: { item_id: item.id } },
        body: { ...asked, ...why, trial },
      }),
    );
  const trial = useQuery<TakenBack, Problem>({
    queryKey: ["items", "undo", item.id, asked],
    queryFn: () => send(true, {}),
    placeholderData: (before) => before,
  });
  const save = useSend(() => send(false, { reason, ticket }), ["items", "board"]);
  const later = trial.data?.steps.some(({ took }) => took === "later");
  return (
    <Modal
      open
      title={t("takeBack.title", { n: changes.length })}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {t("word.cancel")}
        </Button>,
        <Button
          key="do"
          type="primary"
          data-act="take-back"
          disabled={!trial.data || trial.data.back === 0}
          loading={save.isPending}
          onClick={() => {
            save.mutate(undefined, {
              onSuccess: ({ back, steps }) => {
                toast(t("takeBack.done", { n: back, left: steps.length - back }));
                onDone();
              },
              onError: (problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("takeBack.do", { n: trial.data?.back ?? 0 })}
        </Button>,
      ]}
    >
      <div className="take-back">
        <Checkbox
          checked={act}
          onChange={({ target }) => {
            setAct(target.checked);
          }}
        >
          {t("takeBack.act")}
        </Checkbox>
        {later || over ? (
          <Checkbox
            checked={over}
            onChange={({ target }) => {
              setOver(target.checked);
            }}
          >
            {t("takeBack.over")}
          </Checkbox>
        ) : null}
        {trial.data ? (
          <Steps found={trial.data} named={named} />
        ) : trial.error ? (
          <Failed problem={trial.error} />
        ) : (
          <Waiting lines={2} />
        )}
        <Input
          value={reason}
          maxLength={500}
          aria-label={t("care.reason")}
          placeholder={t("care.reason")}
          onChange={({ target }) => {
            setReason(target.value);
          }}
        />
        <Input
          value={ticket}
          maxLength={50}
          aria-label={t("care.ticket")}
          placeholder={t("care.ticket")}
          onChange={({ target }) => {
            setTicket(target.value);
          }}
        />
      </div>
    </Modal>
  );
}
