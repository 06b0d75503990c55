/** The settings of a target. */
import { Button, Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { MonitorTemplate, Target } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { KeepsTyped } from "@/parts/unsaved";

interface Entered {
  name?: string | null;
  item: string;
  template: string;
  address: string;
  interval_s?: number | null;
  timeout_s?: number | null;
  enabled: boolean;
  parameters: Values;
}

interface Props {
  target: Target | undefined;
  templates: readonly MonitorTemplate[];
  item: string | null;
}

const startOf = (target: Target | undefined, item: string | null): Partial<Entered> =>
  target
    ? {
        name: target.name,
        item: target.item.id,
        template: target.template,
        address: target.address,
        interval_s: target.interval_s,
        timeout_s: target.timeout_s,
        enabled: target.enabled,
        parameters: target.parameters,
      }
    : { ...(item ? { item } : {}), enabled: true };

export function TargetForm({ target, templates, item }: Props) {
  const t = useT();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const chosen = Form.useWatch("template", form) ?? target?.template;
  const template = templates.find(({ name }) => name === chosen);
  const save = useSend(
    ({ item: on, ...settings }: Entered) =>
      target
        ? answered(
            api.PATCH("/targets/{target_id}", {
              params: { path: { target_id: target.id } },
              body: { ...settings, version: target.version },
            }),
          )
        : answered(api.POST("/targets", { body: { item: on, ...settings } })),
    ["targets"],
  );
  const keep = saving({
    form,
    save,
    inside: ["parameters"],
    onSaved: (saved) => {
      toast(t("word.saved"));
      if (!target) void go(`/targets/${saved.id}`);
    },
  });
  const submit = (entered: Entered): void => {
    const said = Object.entries(entered.parameters ?? {}).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    keep({ ...entered, address: entered.address ?? "", parameters: Object.fromEntries(said) });
  };
  const must = (label: string) => [{ required: true, message: t("form.missing", { label }) }];
  return (
    <Form
      form={form}
      layout="vertical"
      className="card form-page"
      initialValues={startOf(target, item)}
      onFinish={submit}
      scrollToFirstError
    >
      <KeepsTyped />
      <Form.Item name="item" label={t("target.item")} rules={must(t("target.item"))}>
        <RefSelect of="items" disabled={target !== undefined} />
      </Form.Item>
      <Form.Item name="name" label={t("target.name")}>
        <Input placeholder={template?.label ?? ""} />
      </Form.Item>
      <Form.Item
        name="template"
        label={t("target.template")}
        rules={must(t("target.template"))}
        extra={t("target.templateHint")}
      >
        <Select
          options={templates.map(({ name, label, driver }) => ({
            value: name,
            label: `${label} · ${driver}`,
          }))}
          showSearch={{ optionFilterProp: "label" }}
        />
      </Form.Item>
      <Form.Item name="address" label={t("target.address")}>
        <Input
          className="mono"
          placeholder={template?.driver === "prometheus" ? "http://10.0.0.1:9100/metrics" : ""}
        />
      </Form.Item>
      <div className="form-pair">
        <Form.Item name="interval_s" label={t("target.interval")}>
          <InputNumber
            min={1}
            max={86_400}
            style={{ width: "100%" }}
            placeholder={String(template?.interval_s ?? "")}
          />
        </Form.Item>
        <Form.Item name="timeout_s" label={t("target.timeout")}>
          <InputNumber
            min={0.1}
            max={300}
            style={{ width: "100%" }}
            placeholder={String(template?.timeout_s ?? "")}
          />
        </Form.Item>
      </div>
      {template?.parameters.map((field) => (
        <FieldControl key={field.name} field={field} path={["parameters", field.name]} />
      ))}
      <Form.Item name="enabled" valuePropName="checked">
        <Checkbox>{t("target.enabled")}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending} data-act="save">
        {t("word.save")}
      </Button>
    </Form>
  );
}
