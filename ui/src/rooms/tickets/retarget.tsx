/** Setting a ticket's time limits anew: what its level promises today, and why. */
import { Form, Input, Modal } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { Ticket } from "@/api/types";
import { useT } from "@/language";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import { tell } from "./actions";
import { KeepsTyped, useClosing } from "@/parts/unsaved";

interface Entered {
  reason: string;
}

export function Retarget({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const send = useSend(
    ({ reason }: Entered) =>
      answered(
        api.POST("/tickets/{ticket_id}/retargeting", {
          params: { path: { ticket_id: ticket.id } },
          body: { reason, version: ticket.version },
        }),
      ),
    ["tickets", "board"],
  );
  const submit = saving({
    form,
    save: send,
    onSaved: () => {
      toast(t("ticket.retargetDone"));
      onClose();
    },
    onRefused: (problem) => {
      tell(problem, t("ticket.stale"));
    },
  });
  return (
    <Modal
      open
      title={t("ticket.retarget")}
      okText={t("ticket.retarget")}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={send.isPending}
      destroyOnHidden
    >
      <p>{t("ticket.retargetWhat")}</p>
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        <Form.Item
          name="reason"
          label={t("ticket.retargetWhy")}
          rules={[
            {
              required: true,
              whitespace: true,
              message: t("form.missing", { label: t("ticket.retargetWhy") }),
            },
          ]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
