/** The settings of a target. */
import { Button, Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useEffect, useState } from "react";
import type { FormInstance } from "antd/es/form";
import { useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { MonitorTemplate, Target } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, placeProblems, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { KeepsTyped } from "@/parts/unsaved";
import { notTried, Tried, type Found } from "./tried";

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

const without = (values: Values | undefined): Values =>
  Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );

/** Whether something else would be asked than what the target asks now. */
const asksElse = (entered: Entered, target: Target | undefined): boolean =>
  !target ||
  entered.template !== target.template ||
  entered.address !== target.address ||
  JSON.stringify(without(entered.parameters)) !== JSON.stringify(without(target.parameters));

/** The templates that are for the chosen item; what a target has already stays among them. */
function useOffered(
  all: readonly MonitorTemplate[],
  item: string | null,
  target: Target | undefined,
): readonly MonitorTemplate[] {
  const fitting = useGet(
    "definitions",
    "/monitor-templates",
    { query: { item } },
    { enabled: item !== null },
  ).data?.items;
  if (item === null || fitting === undefined) return all;
  const names = new Set([...fitting.map(({ name }) => name), target?.template]);
  return all.filter(({ name }) => names.has(name));
}

/** Settings as they would be saved, tried by a collector; what is found stays until they change. */
function useTrial(target: Target | undefined, form: FormInstance<Entered>) {
  const [found, setFound] = useState<Found | null>(null);
  const trial = useSend(
    (entered: Entered) =>
      answered(api.POST("/targets/check", { body: { ...entered, target: target?.id ?? null } })),
    [],
  );
  const run = (entered: Entered, whenUp: () => void = () => undefined): void => {
    setFound(null);
    trial.mutate(entered, {
      onSuccess: (result) => {
        setFound(result);
        if (result.up) whenUp();
      },
      onError: (problem) => {
        if (!placeProblems(form, problem, ["parameters"])) setFound(notTried(problem));
      },
    });
  };
  return {
    found,
    run,
    busy: trial.isPending,
    forget: () => {
      setFound(null);
    },
  };
}

export function TargetForm({ target, templates, item }: Props) {
  const t = useT();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const chosen = Form.useWatch("template", form) ?? target?.template;
  const template = templates.find(({ name }) => name === chosen);
  const on = Form.useWatch("item", form) ?? target?.item.id ?? item;
  const offered = useOffered(templates, on, target);
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const monitored = types
    .filter(({ abstract, capabilities }) => !abstract && capabilities.includes("monitored"))
    .map(({ name }) => name);
  const stranded = chosen !== undefined && !offered.some(({ name }) => name === chosen);
  useEffect(() => {
    if (stranded) form.setFieldValue("template", undefined);
  }, [stranded, form]);
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
  const trial = useTrial(target, form);
  const whole = (entered: Entered): Entered => ({
    ...entered,
    address: entered.address ?? "",
    parameters: without(entered.parameters),
  });
  const submit = (entered: Entered): void => {
    const wanted = whole(entered);
    if (wanted.enabled && asksElse(wanted, target)) {
      trial.run(wanted, () => {
        keep(wanted);
      });
    } else keep(wanted);
  };
  /** With the form's own checks first; then whatever is wanted of what was entered. */
  const checked = (act: (entered: Entered) => void) => (): void => {
    form.validateFields().then(
      (entered) => {
        act(whole(entered));
      },
      () => undefined,
    );
  };
  const must = (label: string) => [{ required: true, message: t("form.missing", { label }) }];
  return (
    <Form
      form={form}
      layout="vertical"
      className="card form-page"
      initialValues={startOf(target, item)}
      onFinish={submit}
      onValuesChange={trial.forget}
      scrollToFirstError
    >
      <KeepsTyped />
      <Form.Item name="item" label={t("target.item")} rules={must(t("target.item"))}>
        <RefSelect of="items" types={monitored} disabled={target !== undefined} />
      </Form.Item>
      <Form.Item name="name" label={t("target.name")}>
        <Input placeholder={template?.label ?? ""} />
      </Form.Item>
      <Form.Item
        name="template"
        label={t("target.template")}
        rules={must(t("target.template"))}
        extra={on ? t("target.templateHintItem") : t("target.templateHint")}
      >
        <Select
          options={offered.map(({ name, label, driver }) => ({
            value: name,
            label: `${label} · ${driver}`,
          }))}
          notFoundContent={t("target.noTemplateFits")}
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
      {trial.found ? <Tried found={trial.found} /> : null}
      {trial.found && !trial.found.up ? <p className="muted">{t("target.notSaved")}</p> : null}
      <div className="form-actions">
        <Button
          type="primary"
          htmlType="submit"
          loading={save.isPending || trial.busy}
          data-act="save"
        >
          {t("word.save")}
        </Button>
        {trial.found && !trial.found.up ? (
          <Button onClick={checked(keep)} loading={save.isPending} data-act="save-anyway">
            {t("target.saveAnyway")}
          </Button>
        ) : (
          <Button onClick={checked(trial.run)} disabled={trial.busy} data-act="try">
            {t("target.try")}
          </Button>
        )}
      </div>
    </Form>
  );
}
