/** Makes a relation, or changes the details of one: its kind and its ends stay what they are. */
import { Form, Input, InputNumber, Select } from "antd";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { NewRelation, Relation, TypedRef } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { relationChoices } from "./relation-choices";

type Details = Pick<NewRelation, "group" | "need" | "standby" | "switch_minutes">;
type Entered = Details & Partial<Pick<NewRelation, "kind" | "source" | "target">>;
type Ended = Pick<NewRelation, "kind" | "source" | "target">;

interface Props {
  /** The relation that is changed; without it a new one is made. */
  was?: Relation;
  /** The item on whose page a new one is made: it is one of its ends. */
  of?: TypedRef;
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

/** The ends as they are stored, of a relation that was chosen from one item's own end. */
const endsOf = ({ kind = "", source = "", target = "" }: Entered, of?: TypedRef): Ended => {
  if (!of) return { kind, source, target };
  const [name = "", way] = kind.split(":");
  return way === "in"
    ? { kind: name, source, target: of.id }
    : { kind: name, source: of.id, target };
};

/** What the item may be related by, in both directions, and then with whom. */
function EndsOf({ of }: { of: TypedRef }) {
  const t = useT();
  const form = Form.useFormInstance<Entered>();
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const choices = relationChoices(of.type, kinds, types);
  const kind = Form.useWatch("kind", form);
  const chosen = choices.find(({ value }) => value === kind);
  const other = chosen?.out === false ? "source" : "target";
  const must = (name: "kind" | "other") => [
    { required: true, message: t("form.missing", { label: t(`relation.${name}`) }) },
  ];
  return (
    <>
      <p className="muted">{of.name}</p>
      <Form.Item name="kind" label={t("relation.kind")} rules={must("kind")}>
        <Select
          options={choices.map(({ value, label }) => ({ value, label }))}
          showSearch={{ optionFilterProp: "label" }}
          notFoundContent={t("relation.noneFits")}
          onChange={() => {
            form.resetFields(["source", "target"]);
          }}
        />
      </Form.Item>
      <Form.Item
        key={other}
        name={other}
        label={t("relation.other")}
        rules={must("other")}
        extra={chosen && chosen.others.length > 0 ? t("relation.otherHint") : null}
      >
        <RefSelect of="items" types={chosen?.others ?? []} disabled={!chosen} />
      </Form.Item>
    </>
  );
}

/** Of kinds that say so; what stands there of another can be taken out. */
function Standby({ was }: { was: Relation | undefined }) {
  const t = useT();
  const form = Form.useFormInstance<Entered>();
  const chosen = Form.useWatch("kind", form)?.split(":")[0] ?? was?.kind;
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const said = was !== undefined && (was.standby !== null || was.switch_minutes !== null);
  if (!said && kinds.find(({ name }) => name === chosen)?.standby !== true) return null;
  return (
    <>
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
    </>
  );
}

export function RelationForm({ was, of, onClose }: Props) {
  const t = useT();
  const save = useSend(
    (entered: Entered) =>
      was
        ? answered(
            api.PATCH("/relations/{relation_id}", {
              params: { path: { relation_id: was.id } },
              body: detailsOf(entered),
            }),
          )
        : answered(
            api.POST("/relations", { body: { ...endsOf(entered, of), ...detailsOf(entered) } }),
          ),
    ["items"],
  );
  return (
    <FormDialog
      title={t(was ? "relation.edit" : "relation.create")}
      save={save}
      initial={was ? detailsOf(was) : {}}
      onClose={onClose}
    >
      {was ? (
        <p className="muted">
          {was.source.name} <b>{was.kind_label} →</b> {was.target.name}
        </p>
      ) : of ? (
        <EndsOf of={of} />
      ) : (
        <Ends />
      )}
      <Form.Item name="group" label={t("relation.group")} extra={t("relation.groupHint")}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="need" label={t("relation.need")} extra={t("relation.needHint")}>
        <InputNumber min={1} max={1000} precision={0} />
      </Form.Item>
      <Standby was={was} />
    </FormDialog>
  );
}
