/** A ticket's title, where one is written and where it is put right. */
import { Form, Input } from "antd";
import type { ReactNode } from "react";
import { useT } from "@/language";

export function TitleField({ note }: { note?: ReactNode }) {
  const t = useT();
  const label = t("ticket.title");
  return (
    <Form.Item
      name="title"
      label={label}
      extra={note}
      rules={[{ required: true, whitespace: true, message: t("form.missing", { label }) }]}
    >
      <Input autoFocus maxLength={200} />
    </Form.Item>
  );
}
