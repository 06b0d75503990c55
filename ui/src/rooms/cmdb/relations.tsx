/** All relations between items, and a new one. */
import { Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { NewRelation as NewRelationIn, Relation, RelationKind } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { placeProblems } from "@/parts/fields";
import { ListPage } from "@/parts/list/list-page";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";
import { relationColumns, RelationCard } from "./relation-columns";

function NewRelation({ kinds, onClose }: { kinds: RelationKind[]; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<NewRelationIn>();
  const add = useSend(
    (body: NewRelationIn) => answered(api.POST("/relations", { body })),
    ["items"],
  );
  const submit = (entered: NewRelationIn): void => {
    add.mutate(entered, {
      onSuccess: () => {
        toast(t("word.saved"));
        onClose();
      },
      onError: (problem) => {
        if (!placeProblems(form, problem)) toast(problem.message, "failed");
      },
    });
  };
  const must = (name: "kind" | "source" | "target") => [
    { required: true, message: t("form.missing", { label: t(`relation.${name}`) }) },
  ];
  return (
    <Modal
      open
      title={t("relation.create")}
      onCancel={onClose}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={add.isPending}
    >
      <Form form={form} layout="vertical" onFinish={submit}>
        <Form.Item name="source" label={t("relation.source")} rules={must("source")}>
          <RefSelect of="items" />
        </Form.Item>
        <Form.Item name="kind" label={t("relation.kind")} rules={must("kind")}>
          <Select options={kinds.map((kind) => ({ value: kind.name, label: kind.label }))} />
        </Form.Item>
        <Form.Item name="target" label={t("relation.target")} rules={must("target")}>
          <RefSelect of="items" />
        </Form.Item>
        <Form.Item name="group" label={t("relation.group")}>
          <Input />
        </Form.Item>
        <Form.Item name="need" label={t("relation.need")}>
          <InputNumber min={1} />
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
      </Form>
    </Modal>
  );
}

export default function RelationsPage() {
  const t = useT();
  const may = useMay("cmdb.write");
  const [adding, setAdding] = useState(false);
  const kinds = useGet("definitions", "/relation-kinds").data?.items ?? [];
  const drop = useSend(
    (relation_id: string) =>
      answered(api.DELETE("/relations/{relation_id}", { params: { path: { relation_id } } })),
    ["items"],
  );
  const act = {
    key: "act",
    export: false as const,
    label: "",
    width: 80,
    right: true,
    render: (row: Relation) => (
      <Confirmed
        small
        ask={t("relation.removeAsk")}
        onYes={() => {
          drop.mutate(row.id);
        }}
      >
        {t("word.remove")}
      </Confirmed>
    ),
  };
  return (
    <>
      <ListPage
        actions={
          may ? (
            <Button
              type="primary"
              onClick={() => {
                setAdding(true);
              }}
            >
              {t("relation.create")}
            </Button>
          ) : null
        }
        spec={{
          page: "relations",
          topic: "items",
          path: "/relations",
          rowKey: (row) => row.id,
          searchable: false,
          columns: may ? [...relationColumns(t), act] : relationColumns(t),
          card: (row) => <RelationCard row={row} />,
          filters: [
            {
              name: "kind",
              label: t("relation.kind"),
              options: kinds.map((kind) => ({ value: kind.name, label: kind.label })),
            },
            { name: "item", label: t("relation.item"), remote: "items" },
          ],
          empty: { title: t("relation.empty"), hint: t("relation.emptyHint") },
        }}
      />
      {adding ? (
        <NewRelation
          kinds={kinds}
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
