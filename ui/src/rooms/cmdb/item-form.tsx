/** Create or change an item: the form is drawn from its type's definition. */
import { Button, Form, Input, Segmented, Select } from "antd";
import type { FormInstance } from "antd/es/form";
import { useState, type ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { answered, api } from "@/api/client";
import { queryClient, useGet, useSend } from "@/api/queries";
import type { Problem } from "@/api/problem";
import type { Item, ItemType } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, saidOf, type Values } from "@/parts/fields";
import { TheirsNote, useMeanwhile } from "@/parts/meanwhile";
import { saving } from "@/parts/form-dialog";
import { between } from "@/parts/names";
import { PageFrame } from "@/parts/page";
import { RefSelect } from "@/parts/ref-select";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { FieldValue, plainValue, Restricted } from "@/parts/value";
import { inGroups } from "./attribute-groups";
import { ATTRIBUTES, editOf, NONE, nowOf, startOf, type Entered } from "./item-values";
import "./item.css";
import { KeepsTyped } from "@/parts/unsaved";

/** The types whose items may stand there; where none has the role, any may: nothing narrows. */
function peopleOf(types: ItemType[]): { owner: string[]; vendor: string[] } {
  const having = (role: ItemType["roles"][number]) =>
    types.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  return { owner: having("owner"), vendor: having("vendor") };
}

/** Who was too late sees at once what others made of it, and where that is not what was typed. */
function tell(problem: Problem, staleWords: string): void {
  const stale = problem.code === "stale_item";
  if (stale) void queryClient.invalidateQueries({ queryKey: ["items"] });
  toast(stale ? staleWords : problem.message, "failed");
}

function ItemForm({ item, types }: { item: Item | undefined; types: ItemType[] }) {
  const t = useT();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const chosen = Form.useWatch("type", form) ?? item?.type;
  const type = types.find(({ name }) => name === chosen);
  const people = peopleOf(types);
  const now = item ? nowOf(item, type) : {};
  const [opened] = useState(now);
  const meanwhile = useMeanwhile(form as unknown as FormInstance<Values>, now, ATTRIBUTES);
  const labels = new Map([
    ["name", t("item.name")],
    ["importance", t("item.importance")],
    ["owner", t("item.owner")],
    ["vendor", t("item.vendor")],
    ...(type?.attributes ?? []).map((each) => [`attributes.${each.name}`, each.label] as const),
  ]);
  /** What others changed since the form was opened, and now stands in it. */
  const followed = Object.keys(now).filter(
    (name) =>
      JSON.stringify(now[name]) !== JSON.stringify(opened[name]) && !meanwhile.theirs.has(name),
  );
  const theirs = (name: string, value: ReactNode): ReactNode =>
    meanwhile.theirs.has(name) ? (
      <TheirsNote
        value={value}
        onTake={() => {
          meanwhile.take(name);
        }}
      />
    ) : undefined;
  const save = useSend(
    ({ type: kind, key, ...rest }: Entered) => {
      if (item) {
        const params = { path: { item_id: item.id } };
        const body = { ...editOf(meanwhile.mine), version: item.version };
        return answered(api.PATCH("/items/{item_id}", { params, body }));
      }
      const body = {
        ...rest,
        importance: rest.importance === NONE ? null : rest.importance,
        attributes: saidOf(type?.attributes ?? [], rest.attributes),
      };
      return answered(
        api.POST("/items", { body: { ...body, type: kind, ...(key ? { key } : {}) } }),
      );
    },
    ["items", "board"],
  );
  const submit = saving({
    form,
    save,
    inside: ["attributes"],
    onRefused: (problem) => {
      tell(problem, t("itemEdited.stale"));
    },
    onSaved: (saved) => {
      meanwhile.saved();
      toast(t("word.saved"));
      void go(`/items/${saved.id}`);
    },
  });
  const offered = types
    .filter(({ abstract }) => !abstract)
    .map(({ name, label, layer_label }) => ({ value: name, label: `${label} · ${layer_label}` }));
  return (
    <Form
      form={form}
      layout="vertical"
      className="card form-page"
      initialValues={startOf(item, undefined)}
      onFinish={submit}
      scrollToFirstError
    >
      <KeepsTyped />
      {followed.length > 0 ? (
        <p className="meanwhile" role="status" data-field="followed">
          {t("itemEdited.followed", {
            fields: followed.map((name) => labels.get(name) ?? name).join(between()),
          })}
        </p>
      ) : null}
      <Form.Item
        name="type"
        label={t("item.type")}
        rules={[{ required: true, message: t("form.missing", { label: t("item.type") }) }]}
      >
        <Select
          options={offered}
          showSearch={{ optionFilterProp: "label" }}
          disabled={item !== undefined}
          placeholder={t("word.choose")}
        />
      </Form.Item>
      <Form.Item
        name="name"
        label={t("item.name")}
        extra={theirs("name", item?.name)}
        rules={[
          {
            required: true,
            whitespace: true,
            message: t("form.missing", { label: t("item.name") }),
          },
        ]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="key" label={t("item.key")}>
        <Input disabled={item !== undefined} className="mono" />
      </Form.Item>
      <Form.Item
        name="importance"
        label={t("item.importance")}
        extra={theirs("importance", item?.importance ?? t("word.none"))}
      >
        <Segmented options={["A", "B", "C", { value: NONE, label: t("word.none") }]} />
      </Form.Item>
      <Form.Item
        name="owner"
        label={t("item.owner")}
        extra={theirs("owner", plainValue(item?.owner))}
      >
        <RefSelect of="items" types={people.owner} />
      </Form.Item>
      <Form.Item
        name="vendor"
        label={t("item.vendor")}
        extra={theirs("vendor", plainValue(item?.vendor))}
      >
        <RefSelect of="items" types={people.vendor} />
      </Form.Item>
      {type
        ? inGroups(type.attributes, type.groups).map(({ name, label, attributes }) => (
            <fieldset key={name} className="form-group">
              {label ? <legend>{label}</legend> : null}
              {attributes.map((field) =>
                item?.restricted.includes(field.name) ? (
                  <Form.Item key={field.name} label={field.label}>
                    <Restricted />
                  </Form.Item>
                ) : (
                  <FieldControl
                    key={field.name}
                    field={field}
                    path={["attributes", field.name]}
                    fresh={item === undefined}
                    note={theirs(
                      `attributes.${field.name}`,
                      <FieldValue field={field} value={item?.attributes[field.name]} plain />,
                    )}
                  />
                ),
              )}
            </fieldset>
          ))
        : null}
      <div className="form-actions">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("word.save")}
        </Button>
        <Button onClick={() => void go(-1)}>{t("word.cancel")}</Button>
      </div>
    </Form>
  );
}

export default function ItemFormPage() {
  const { id } = useParams();
  const item = useGet(
    "items",
    "/items/{item_id}",
    { path: { item_id: id ?? "" } },
    { enabled: id !== undefined },
  );
  const types = useGet("definitions", "/item-types", {
    query: { retired: item.data?.type_retired ?? false },
  });
  const error = types.error ?? item.error;
  const ready = types.data !== undefined && (id === undefined || item.data !== undefined);
  return (
    <PageFrame lead={item.data?.name} ready={ready || error !== null}>
      {ready ? (
        <ItemForm key={item.data?.id ?? "new"} item={item.data} types={types.data?.items ?? []} />
      ) : error ? (
        <Failed problem={error} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
