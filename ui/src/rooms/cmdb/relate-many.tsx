/** Relates all items that are chosen in a list to one other item, and says which ones were refused. */
import { Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { ItemType, NewRelation, RelatedMany, RelationKind } from "@/api/types";
import { useT } from "@/language";
import { placeProblems } from "@/parts/fields";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { isSaved, KeepsTyped, useClosing } from "@/parts/unsaved";
import { relationChoices, type RelationChoice } from "./relation-choices";
import "./relation.css";

/** As many as the server takes in one request. */
export const MOST = 1000;

interface Chosen {
  id: string;
  name: string;
  type: string;
}

type Details = Pick<NewRelation, "group" | "need">;
type Entered = Details & { kind?: string; other?: string };

/** What every one of these types may be related by, with what all of them have at the other end. */
export function choicesOfAll(
  types: readonly string[],
  kinds: readonly RelationKind[],
  known: readonly ItemType[],
): RelationChoice[] {
  const [first = [], ...rest] = types.map((type) => relationChoices(type, kinds, known));
  return first.filter(({ value }) =>
    rest.every((choices) => choices.some((each) => each.value === value)),
  );
}

const rowOf = (item: Chosen, { kind = "", other = "", group, need }: Entered): NewRelation => {
  const [name = "", way] = kind.split(":");
  const ends =
    way === "in" ? { source: other, target: item.id } : { source: item.id, target: other };
  const said = { ...(group ? { group } : {}), ...(need ? { need } : {}) };
  return { kind: name, ...ends, ...said };
};

function Fields({ items }: { items: readonly Chosen[] }) {
  const t = useT();
  const form = Form.useFormInstance<Entered>();
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const choices = choicesOfAll([...new Set(items.map(({ type }) => type))], kinds, types);
  const kind = Form.useWatch("kind", form);
  const chosen = choices.find(({ value }) => value === kind);
  const must = (name: "kind" | "other") => [
    { required: true, message: t("form.missing", { label: t(`relation.${name}`) }) },
  ];
  return (
    <>
      <Form.Item name="kind" label={t("relation.kind")} rules={must("kind")}>
        <Select
          options={choices.map(({ value, label }) => ({ value, label }))}
          showSearch={{ optionFilterProp: "label" }}
          notFoundContent={t("relation.noneFits")}
          onChange={() => {
            form.resetFields(["other"]);
          }}
        />
      </Form.Item>
      <Form.Item
        key={kind ?? ""}
        name="other"
        label={t("relation.other")}
        rules={must("other")}
        extra={chosen && chosen.others.length > 0 ? t("relation.otherHint") : null}
      >
        <RefSelect of="items" types={chosen?.others ?? []} disabled={!chosen} />
      </Form.Item>
      <Form.Item name="group" label={t("relation.group")} extra={t("relation.groupHint")}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="need" label={t("relation.need")} extra={t("relation.needHint")}>
        <InputNumber min={1} max={1000} precision={0} />
      </Form.Item>
    </>
  );
}

interface FormProps {
  items: readonly Chosen[];
  onClose: () => void;
  onDone: (done: RelatedMany) => void;
}

function RelateForm({ items, onClose, onDone }: FormProps) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const save = useSend(
    (entered: Entered) =>
      answered(
        api.POST("/relations/bulk", {
          body: { mode: "each", rows: items.map((item) => rowOf(item, entered)) },
        }),
      ),
    ["items"],
  );
  const submit = (entered: Entered): void => {
    save.mutate(entered, {
      onSuccess: (done) => {
        isSaved(form);
        onDone(done);
      },
      onError: (problem) => {
        if (!placeProblems(form, problem, [])) toast(problem.message, "failed");
      },
    });
  };
  return (
    <Modal
      open
      title={t("relation.manyTitle", { n: items.length })}
      okText={t("relation.relate")}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={save.isPending}
      okButtonProps={{ className: "confirm-many" }}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        <Fields items={items} />
      </Form>
    </Modal>
  );
}

interface OutcomeProps {
  done: RelatedMany;
  items: readonly Chosen[];
  onClose: () => void;
}

/** Row by row why it was refused: the rows stand in the order in which the items were sent. */
function Outcome({ done, items, onClose }: OutcomeProps) {
  const t = useT();
  const refused = done.rows.filter(({ status }) => status === "refused");
  return (
    <Modal
      open
      title={t("relation.manyOutcome", {
        n: done.created + done.changed,
        same: done.unchanged,
        refused: done.refused,
      })}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("word.close")}
        </Button>
      }
    >
      <ul className="refused-rows" data-field="refused">
        {refused.map(({ row, problems }) => (
          <li key={row}>
            <b>{items[row - 1]?.name}</b>
            <span className="refused">{problems.map(({ message }) => message).join(" ")}</span>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

interface Props {
  items: readonly Chosen[];
  letGo: (ids: readonly string[]) => void;
}

export function RelateMany({ items, letGo }: Props) {
  const t = useT();
  const [asked, setAsked] = useState<readonly Chosen[] | null>(null);
  const [done, setDone] = useState<{ done: RelatedMany; items: readonly Chosen[] } | null>(null);
  const finish = (answer: RelatedMany): void => {
    const sent = asked ?? [];
    setAsked(null);
    letGo(
      answer.rows
        .filter(({ status }) => status !== "refused")
        .flatMap(({ row }) => sent[row - 1]?.id ?? []),
    );
    if (answer.refused > 0) setDone({ done: answer, items: sent });
    else
      toast(t("relation.manyDone", { n: answer.created + answer.changed, same: answer.unchanged }));
  };
  return (
    <>
      {items.length > 0 ? (
        <Button
          type="primary"
          onClick={() => {
            setAsked(items);
          }}
        >
          {t("relation.relate")}
        </Button>
      ) : null}
      {asked ? (
        <RelateForm
          items={asked}
          onClose={() => {
            setAsked(null);
          }}
          onDone={finish}
        />
      ) : null}
      {done ? (
        <Outcome
          {...done}
          onClose={() => {
            setDone(null);
          }}
        />
      ) : null}
    </>
  );
}
