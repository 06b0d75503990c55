/** What an act on several tickets needs to know, once for all of them. */
import { Form, Input, Modal } from "antd";
import type { ActedOn, TicketAct, TicketRow, WayOfMany } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, type Values } from "@/parts/fields";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { isSaved, KeepsTyped, useClosing } from "@/parts/unsaved";
import { useActing } from "./act-on-many";

export interface Wanted {
  kind: TicketAct["kind"];
  label: string;
  /** With which of the chosen it can be done now. */
  tickets: readonly string[];
  /** The step, where it is one. */
  way?: WayOfMany;
}

interface Entered {
  fields?: Values;
  text?: string;
  account?: string;
}

function actOf({ kind, way }: Wanted, entered: Entered): TicketAct {
  const text = entered.text?.trim() ?? "";
  switch (kind) {
    case "accept":
      return { kind };
    case "assign":
      return { kind, account: entered.account ?? null };
    case "comment":
      return { kind, text };
    case "step":
      return { kind, name: way?.name ?? "", fields: entered.fields ?? {}, comment: text };
  }
}

interface Props {
  wanted: Wanted;
  /** All that are chosen: those with which it cannot be done hear why. */
  tickets: readonly TicketRow[];
  onClose: () => void;
  onDone: (found: ActedOn) => void;
}

export function ManyForm({ wanted, tickets, onClose, onDone }: Props) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const { act, progress } = useActing();
  const { kind, label, way } = wanted;
  const without = tickets.filter(({ id }) => !wanted.tickets.includes(id)).length;
  const submit = (entered: Entered): void => {
    void act(tickets, actOf(wanted, entered)).then((found) => {
      if (!found) return;
      isSaved(form);
      if (found.refused.length === 0) toast(t("ticket.manyDone", { label, n: found.done.length }));
      onDone(found);
    });
  };
  const words = kind === "comment" || kind === "step";
  const told = t(kind === "comment" ? "ticket.comment" : "ticket.transitionNote");
  const needed = kind === "comment" || way?.comment === true;
  const all = tickets.length;
  return (
    <Modal
      open
      title={t("ticket.manyTitle", { label, n: all })}
      okText={progress === null ? label : t("ticket.manyBusy", { n: progress, all })}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={progress !== null}
      okButtonProps={{ className: "confirm-many" }}
      destroyOnHidden
    >
      {without > 0 ? <p className="many-rest">{t("ticket.manyRest", { n: without })}</p> : null}
      {kind === "accept" ? <p className="muted">{t("ticket.manyAccept")}</p> : null}
      {kind === "step" || kind === "comment" ? (
        <p className="muted">{t("ticket.manySame")}</p>
      ) : null}
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        {kind === "assign" ? (
          <Form.Item
            name="account"
            label={t("ticket.assignee")}
            rules={[{ required: true, message: t("ticket.choosePerson") }]}
          >
            <RefSelect of="accounts" placeholder={t("ticket.choosePerson")} />
          </Form.Item>
        ) : null}
        {way?.fields.map((field) => (
          <FieldControl
            key={field.name}
            field={{ ...field, required: true }}
            path={["fields", field.name]}
          />
        ))}
        {words ? (
          <Form.Item
            name="text"
            label={told}
            rules={[
              {
                required: needed,
                whitespace: needed,
                message: t("form.missing", { label: told }),
              },
            ]}
          >
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  );
}
