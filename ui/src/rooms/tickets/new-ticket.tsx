/** Open a ticket by hand. */
import { Button, Form, Input, Segmented } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { TicketType } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, saidOf, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { PageFrame } from "@/parts/page";
import { RefSelect } from "@/parts/ref-select";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import "./ticket.css";
import { KeepsTyped } from "@/parts/unsaved";
import { TitleField } from "./title-field";

interface Entered {
  title: string;
  description: string;
  item?: string | null;
  impact: string;
  urgency: string;
  fields?: Values;
}

const OWN = new Set(["title", "description", "item", "impact", "urgency"]);

function NewTicketForm({
  type,
  types,
  onType,
}: {
  type: TicketType;
  types: TicketType[];
  onType: (name: string) => void;
}) {
  const t = useT();
  const go = useNavigate();
  const [params] = useSearchParams();
  const [form] = Form.useForm<Entered>();
  const open = useSend(
    (entered: Entered) =>
      answered(
        api.POST("/tickets", {
          body: { ...entered, type: type.name, fields: saidOf(type.fields, entered.fields) },
        }),
      ),
    ["tickets", "board"],
  );
  const grades = (["high", "medium", "low"] as const).map((value) => ({
    value,
    label: t(`ticket.${value}`),
  }));
  const submit = saving({
    form,
    save: open,
    inside: ["fields"],
    onSaved: (ticket) => {
      toast(t("ticket.created", { number: ticket.number }));
      void go(`/tickets/${ticket.id}`);
    },
  });
  return (
    <Form
      form={form}
      layout="vertical"
      className="card new-ticket"
      onFinish={submit}
      scrollToFirstError
      initialValues={{
        description: "",
        item: params.get("item"),
        impact: "medium",
        urgency: "medium",
      }}
    >
      <KeepsTyped />
      <Form.Item required label={t("ticket.type")}>
        <Segmented
          value={type.name}
          onChange={onType}
          options={types.map(({ name, label }) => ({ value: name, label }))}
        />
      </Form.Item>
      <TitleField />
      <Form.Item name="description" label={t("ticket.description")}>
        <Input.TextArea autoSize={{ minRows: 4, maxRows: 16 }} />
      </Form.Item>
      <Form.Item name="item" label={t("ticket.item")}>
        <RefSelect of="items" />
      </Form.Item>
      <div className="form-pair">
        <Form.Item required name="impact" label={t("ticket.impact")}>
          <Segmented options={grades} />
        </Form.Item>
        <Form.Item required name="urgency" label={t("ticket.urgency")}>
          <Segmented options={grades} />
        </Form.Item>
      </div>
      {type.fields
        .filter(({ name }) => !OWN.has(name) && type.opening.includes(name))
        .map((field) => (
          <FieldControl key={field.name} field={field} path={["fields", field.name]} fresh />
        ))}
      <Button type="primary" htmlType="submit" loading={open.isPending} data-act="submit-ticket">
        {t("ticket.submit")}
      </Button>
    </Form>
  );
}

export default function NewTicketPage() {
  const [params, setParams] = useSearchParams();
  const { data, error, refetch } = useGet("definitions", "/ticket-types");
  const types = data?.items ?? [];
  const type =
    types.find(({ name }) => name === params.get("type")) ??
    types.find(({ name }) => name === "incident") ??
    types[0];
  const choose = (name: string): void => {
    const next = new URLSearchParams(params);
    next.set("type", name);
    setParams(next, { replace: true });
  };
  return (
    <PageFrame ready={data !== undefined || error !== null}>
      {type ? (
        <NewTicketForm type={type} types={types} onType={choose} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
