/** Create or change an item: the form is drawn from its type's definition. */
import { Button, Form, Input, Segmented, Select } from "antd";
import { useNavigate, useParams } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { Item, ItemType } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, saidOf, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { PageFrame } from "@/parts/page";
import { RefSelect } from "@/parts/ref-select";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { Restricted } from "@/parts/value";
import { inGroups } from "./attribute-groups";
import "./item.css";
import { KeepsTyped } from "@/parts/unsaved";

const NONE = "-";

interface Entered {
  type: string;
  name: string;
  key?: string;
  importance: NonNullable<Item["importance"]> | typeof NONE;
  owner?: string | null;
  vendor?: string | null;
  attributes?: Values;
}

function startOf(item: Item | undefined, type: string | undefined): Partial<Entered> {
  if (!item) return { ...(type ? { type } : {}), importance: NONE };
  const attributes = Object.fromEntries(
    Object.entries(item.attributes).map(([name, value]) => [name, idOf(value)]),
  );
  return {
    type: item.type,
    name: item.name,
    key: item.key,
    importance: item.importance ?? NONE,
    owner: item.owner ? (item.owner.id ?? undefined) : null,
    vendor: item.vendor ? (item.vendor.id ?? undefined) : null,
    attributes,
  };
}

/**
 * A reference comes as {id, name} and goes back as its id. One that is out of reach has none: it is
 * not sent, and so stays as it is.
 */
function idOf<T>(value: T | { id: string | null }): T | string | undefined {
  const named = typeof value === "object" && value !== null && "id" in value;
  return named ? (value.id ?? undefined) : (value as T);
}

/** The types whose items may stand there; where none has the role, any may: nothing narrows. */
function peopleOf(types: ItemType[]): { owner: string[]; vendor: string[] } {
  const having = (role: ItemType["roles"][number]) =>
    types.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  return { owner: having("owner"), vendor: having("vendor") };
}

function ItemForm({ item, types }: { item: Item | undefined; types: ItemType[] }) {
  const t = useT();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const chosen = Form.useWatch("type", form) ?? item?.type;
  const type = types.find(({ name }) => name === chosen);
  const people = peopleOf(types);
  const save = useSend(
    ({ type: kind, key, ...rest }: Entered) => {
      const body = {
        ...rest,
        importance: rest.importance === NONE ? null : rest.importance,
        attributes: item
          ? (rest.attributes ?? {})
          : saidOf(type?.attributes ?? [], rest.attributes),
      };
      if (item) {
        const params = { path: { item_id: item.id } };
        return answered(
          api.PATCH("/items/{item_id}", { params, body: { ...body, version: item.version } }),
        );
      }
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
    onSaved: (saved) => {
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
      <Form.Item name="importance" label={t("item.importance")}>
        <Segmented options={["A", "B", "C", { value: NONE, label: t("word.none") }]} />
      </Form.Item>
      <Form.Item name="owner" label={t("item.owner")}>
        <RefSelect of="items" types={people.owner} />
      </Form.Item>
      <Form.Item name="vendor" label={t("item.vendor")}>
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
