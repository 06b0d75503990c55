/** One act on one alert or several: what it means is said before, what came of it after. */
import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Alert, AlertAct } from "@/api/types";
import { useT, type Translate } from "@/language";
import { FieldControl } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import { KeepsTyped, useClosing } from "@/parts/unsaved";
import { endOf, SPANS, type Entered } from "./acting";

interface Refused {
  alert: string;
  why: string;
}

interface Props {
  act: AlertAct;
  alerts: readonly Alert[];
  onClose: () => void;
  /** The alerts that it was done with. */
  onDone?: (done: string[]) => void;
}

const useAct = (act: AlertAct, alerts: readonly Alert[]) =>
  useSend(
    (entered: Entered) =>
      answered(
        api.POST("/alerts/acts", {
          body: {
            act,
            alerts: alerts.map(({ id }) => id),
            note: entered.note ?? "",
            reason: entered.reason ?? "",
            until: act === "silence" ? endOf(entered) : null,
          },
        }),
      ),
    ["alerts", "board", "tickets"],
  );

/** An acknowledgement takes no ticket: which one waits is told by name. */
function WaitingTicket({ alert }: { alert: string }) {
  const t = useT();
  const { data } = useGet("tickets", "/tickets", {
    query: { alert: [alert], category: ["new"] },
  });
  return data?.items.map((ticket) => (
    <p key={ticket.id} data-field="waiting-ticket">
      <Link to={`/tickets/${ticket.id}`}>{t("act.waiting", { number: ticket.number })}</Link>
    </p>
  ));
}

function spanOptions(t: Translate) {
  return [
    ...SPANS.map((hours) => ({
      value: hours,
      label:
        hours < 24 ? t("act.hours", { n: hours }) : t("act.days", { n: Math.round(hours / 24) }),
    })),
    { value: "custom" as const, label: t("act.custom") },
  ];
}

function SilenceFields() {
  const t = useT();
  const span = Form.useWatch<Entered["span"]>("span");
  return (
    <>
      <Form.Item
        name="span"
        label={t("act.until")}
        initialValue={4}
        rules={[{ required: true, message: t("form.missing", { label: t("act.until") }) }]}
      >
        <Select options={spanOptions(t)} data-field="span" />
      </Form.Item>
      {span === "custom" ? (
        <FieldControl
          field={{ name: "until", label: t("act.at"), type: "datetime", required: true }}
        />
      ) : null}
    </>
  );
}

function Fields({ act }: { act: AlertAct }) {
  const t = useT();
  if (act === "lift") return null;
  if (act === "acknowledge") {
    return (
      <Form.Item name="note" label={t("act.note")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} />
      </Form.Item>
    );
  }
  return (
    <>
      {act === "silence" ? <SilenceFields /> : null}
      <Form.Item
        name="reason"
        label={t("word.reason")}
        rules={[
          {
            required: true,
            whitespace: true,
            message: t("form.missing", { label: t("word.reason") }),
          },
        ]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} />
      </Form.Item>
    </>
  );
}

/** Which were not done, each with its reason; nothing is half done in silence. */
function Refusals({ refused, alerts }: { refused: Refused[]; alerts: readonly Alert[] }) {
  const t = useT();
  const names = new Map(alerts.map(({ id, summary }) => [id, summary]));
  return (
    <div role="alert" data-field="refused">
      <p>
        <b>{t("act.notDone", { n: refused.length })}</b>
      </p>
      <ul className="act-refused">
        {refused.map(({ alert, why }) => (
          <li key={alert}>
            {alerts.length > 1 ? <b>{names.get(alert) ?? alert}</b> : null} {why}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function ActDialog({ act, alerts, onClose, onDone }: Props) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const [refused, setRefused] = useState<Refused[]>([]);
  const [done, setDone] = useState(0);
  const mayTickets = useMay("tickets.read");
  // What stays to be done after some were refused is what is sent again.
  const [chosen] = useState(alerts);
  const left =
    refused.length > 0 ? chosen.filter(({ id }) => refused.some((r) => r.alert === id)) : chosen;
  const send = useAct(act, left);
  const close = useClosing(form, onClose);
  const name = t(`act.${act}`);
  const submit = saving({
    form,
    save: send,
    onSaved: (answer) => {
      setRefused(answer.refused);
      setDone(done + answer.done.length);
      onDone?.(answer.done);
      if (answer.refused.length > 0) return;
      toast(chosen.length > 1 ? t("act.done", { n: done + answer.done.length }) : t("word.saved"));
      onClose();
    },
  });
  const [only] = chosen;
  return (
    <Modal
      open
      title={chosen.length > 1 ? t("act.onSeveral", { act: name, n: chosen.length }) : name}
      okText={name}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={send.isPending}
      destroyOnHidden
      data-act-dialog={act}
    >
      <p>{t(`act.${act}Hint`)}</p>
      {act === "acknowledge" && chosen.length === 1 && only && mayTickets ? (
        <WaitingTicket alert={only.id} />
      ) : null}
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        <Fields act={act} />
      </Form>
      {done > 0 && refused.length > 0 ? <p>{t("act.done", { n: done })}</p> : null}
      {refused.length > 0 ? <Refusals refused={refused} alerts={chosen} /> : null}
    </Modal>
  );
}
