/** A step of the life cycle: the fields it requires and a word on why. */
import { Form, Input, Modal } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { FormField, Ticket, Transition } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import { tell } from "./actions";
import { KeepsTyped, useClosing } from "@/parts/unsaved";

interface Entered {
  fields?: Values;
  comment?: string;
}

function wanted(ticket: Ticket, move: Transition): FormField[] {
  const known = new Map(ticket.form.map((field) => [field.name, field]));
  return move.requires
    .filter((name) => name !== "comment")
    .map(
      (name) =>
        known.get(name) ?? {
          name,
          label: name,
          type: "text",
          required: true,
          choices: [],
          unit: null,
          to: [],
          help: null,
          default: null,
          value: null,
          access: "edit" as const,
        },
    )
    .map((field) => ({ ...field, required: true }));
}

export function TransitionForm({
  ticket,
  move,
  onClose,
}: {
  ticket: Ticket;
  move: Transition;
  onClose: () => void;
}) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const fields = wanted(ticket, move);
  const send = useSend(
    (entered: Entered) =>
      answered(
        api.POST("/tickets/{ticket_id}/transitions", {
          params: { path: { ticket_id: ticket.id } },
          body: {
            name: move.name,
            fields: entered.fields ?? {},
            comment: entered.comment ?? "",
            version: ticket.version,
          },
        }),
      ),
    ["tickets", "board"],
  );
  const submit = saving({
    form,
    save: send,
    inside: ["fields"],
    onSaved: () => {
      toast(t("ticket.moved", { state: move.label }));
      onClose();
    },
    onRefused: (problem) => {
      tell(problem, t("ticket.stale"));
    },
  });
  /** What was said the last time is shown, not taken for what is said now. */
  const initial = {
    fields: Object.fromEntries(
      fields.map((field) => [field.name, move.again ? undefined : (field.value ?? undefined)]),
    ),
  };
  const lastTime = (field: FormField): string | undefined =>
    move.again && typeof field.value === "string" && field.value
      ? t("ticket.askedAgain", { value: field.value })
      : undefined;
  return (
    <Modal
      open
      title={move.label}
      okText={move.label}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={send.isPending}
      okButtonProps={{ className: "confirm-transition" }}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" initialValues={initial} onFinish={submit}>
        <KeepsTyped />
        {fields.map((field) => (
          <FieldControl
            key={field.name}
            field={{ ...field, help: lastTime(field) ?? field.help }}
            path={["fields", field.name]}
          />
        ))}
        <Form.Item
          name="comment"
          label={t("ticket.transitionNote")}
          rules={[
            {
              required: move.comment === true || move.requires.includes("comment"),
              message: t("form.missing", { label: t("ticket.transitionNote") }),
            },
          ]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
