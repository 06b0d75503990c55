/** Makes a role that gives nothing yet: what it gives is ticked in the matrix. */
import { Form, Input } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";

interface Entered {
  name: string;
  label_zh: string;
  label_en: string;
}

export function NewRole({ onClose }: { onClose: () => void }) {
  const t = useT();
  const add = useSend(
    (entered: Entered) => answered(api.POST("/roles", { body: { ...entered, permissions: [] } })),
    ["access"],
  );
  const must = (label: string) => [{ required: true, message: t("form.missing", { label }) }];
  return (
    <FormDialog title={t("role.create")} save={add} onClose={onClose}>
      <Form.Item name="name" label={t("role.name")} rules={must(t("role.name"))}>
        <Input className="mono" placeholder="night-shift" />
      </Form.Item>
      <Form.Item name="label_zh" label={t("person.labelZh")} rules={must(t("person.labelZh"))}>
        <Input />
      </Form.Item>
      <Form.Item name="label_en" label={t("person.labelEn")} rules={must(t("person.labelEn"))}>
        <Input />
      </Form.Item>
    </FormDialog>
  );
}
