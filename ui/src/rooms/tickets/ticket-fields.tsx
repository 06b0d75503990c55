/** The fields that the ticket's type defines; those of this state can be changed. */
import { Button, Form } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Ticket } from "@/api/types";
import { useT } from "@/language";
import { FieldControl, type Values } from "@/parts/fields";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import { FieldValue, plainValue } from "@/parts/value";
import { TheirsNote, useMeanwhile } from "@/parts/meanwhile";
import { tell } from "./actions";

export function TicketFields({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const [form] = Form.useForm<Values>();
  const save = useSend(
    (fields: Values) =>
      answered(
        api.PATCH("/tickets/{ticket_id}", {
          params: { path: { ticket_id: ticket.id } },
          body: { fields, version: ticket.version },
        }),
      ),
    ["tickets"],
  );
  const may = useMay("tickets.work");
  const editable = ticket.form.filter((field) => may && field.access === "edit");
  const read = ticket.form.filter((field) => !editable.includes(field));
  const now = Object.fromEntries(editable.map(({ name, value }) => [name, value ?? null]));
  const { mine, theirs, homeless, take, saved } = useMeanwhile(form, now);
  if (ticket.form.length === 0) return null;
  const called = (name: string): string =>
    ticket.form.find((field) => field.name === name)?.label ?? name;
  const submit = saving({
    form,
    save,
    onSaved: () => {
      saved();
      toast(t("word.saved"));
    },
    onRefused: (problem) => {
      tell(problem, t("ticket.stale"));
    },
  });
  return (
    <section className="card">
      <h2>{t("ticket.details")}</h2>
      {read.length > 0 ? (
        <dl className="field-list">
          {read.map((field) => (
            <div key={field.name}>
              <dt>{field.label}</dt>
              <dd>
                <FieldValue field={field} value={field.value} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {Object.entries(homeless).map(([name, value]) => (
        <div key={name} className="kept" role="status">
          {t("form.homeless", { label: called(name) })}
          <pre>{plainValue(value)}</pre>
        </div>
      ))}
      {editable.length > 0 ? (
        <Form
          form={form}
          layout="vertical"
          size="middle"
          onFinish={() => {
            submit(mine);
          }}
          initialValues={Object.fromEntries(
            editable.map((field) => [field.name, field.value ?? undefined]),
          )}
        >
          {editable.map((field) => (
            <FieldControl
              key={field.name}
              field={{ ...field, required: false }}
              note={
                theirs.has(field.name) ? (
                  <TheirsNote
                    value={<FieldValue field={field} value={field.named ?? field.value} />}
                    onTake={() => {
                      take(field.name);
                    }}
                  />
                ) : undefined
              }
            />
          ))}
          <Button htmlType="submit" loading={save.isPending}>
            {t("ticket.saveFields")}
          </Button>
        </Form>
      ) : null}
    </section>
  );
}
