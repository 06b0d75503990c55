/** Makes a relation, or changes the details of one: its kind and its ends stay what they are. */
import { Form, Input, InputNumber, Select } from "antd";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { NewRelation, Relation } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";

type Details = Pick<NewRelation, "group" | "need" | "standby" | "switch_minutes">;
type Entered = Details & Partial<Pick<NewRelation, "kind" | "source" | "target">>;

interface Props {
  /** The relation that is changed; without it a new one is made. */
  was?: Relation;
  /** Where a new one starts, unless another item is chosen. */
  from?: string;
  onClose: () => void;
}

/** What is left empty is nothing, so that it can be taken out again. */
const detailsOf = ({ group, need, standby, switch_minutes }: Details): Details => ({
  group: group || null,
  need: need ?? null,
  standby: standby ?? null,
  switch_minutes: switch_minutes ?? null,
});

function Ends() {
  const t = useT();
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const must = (name: "kind" | "source" | "target") => [
    { required: true, message: t("form.missing", { label: t(`relation.${name}`) }) },
  ];
  return (
    <>
      <Form.Item name="source" label={t("relation.source")} rules={must("source")}>
        <RefSelect of="items" />
      </Form.Item>
      <Form.Item name="kind" label={t("relation.kind")} rules={must("kind")}>
        <Select
          options={kinds.map((kind) => ({ value: kind.name, label: kind.label }))}
          showSearch={{ optionFilterProp: "label" }}
        />
      </Form.Item>
      <Form.Item name="target" label={t("relation.target")} rules={must("target")}>
        <RefSelect of="items" />
      </Form.Item>
    </>
  );
}

export function RelationForm({ was, from, onClose }: Props) {
  const t = useT();
  const save = useSend(
    ({ kind = "", source = "", target = "", ...details }: Entered) =>
      was
        ? answered(
            api.PATCH("/relations/{relation_id}", {
              params: { path: { relation_id: was.id } },
              body: detailsOf(details),
            }),
          )
        : answered(
            api.POST("/relations", { body: { kind, source, target, ...detailsOf(details) } }),
          ),
    ["items"],
  );
  return (
    <FormDialog
      title={t(was ? "relation.edit" : "relation.create")}
      save={save}
      initial={was ? detailsOf(was) : from === undefined ? {} : { source: from }}
      onClose={onClose}
    >
      {was ? (
        <p className="muted">
          {was.source.name} <b>{was.kind_label} →</b> {was.target.name}
        </p>
      ) : (
        <Ends />
      )}
      <Form.Item name="group" label={t("relation.group")} extra={t("relation.groupHint")}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="need" label={t("relation.need")} extra={t("relation.needHint")}>
        <InputNumber min={1} max={1000} precision={0} />
      </Form.Item>
      <Form.Item name="standby" label={t("relation.standby")}>
        <Select
          allowClear
          options={[
            { value: "hot", label: t("relation.hot") },
            { value: "cold", label: t("relation.cold") },
          ]}
        />
      </Form.Item>
      <Form.Item name="switch_minutes" label={t("relation.switchMinutes")}>
        <InputNumber min={0} />
      </Form.Item>
    </FormDialog>
  );
}
