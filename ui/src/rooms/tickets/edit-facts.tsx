/** What everybody reads of a ticket, put right on its own page: title, item, impact, urgency. */
import { Form, Segmented } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { Ticket } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { TitleField } from "./title-field";

interface Entered {
  title: string;
  item?: string | null;
  impact: string;
  urgency: string;
}

/** Only what was changed: the level is decided again by what is said anew, not by what stood there. */
export function changedOf(ticket: Ticket, entered: Entered): Partial<Entered> {
  const before: Entered = {
    title: ticket.title,
    item: ticket.item?.id ?? null,
    impact: ticket.impact ?? "",
    urgency: ticket.urgency ?? "",
  };
  const after = { ...entered, title: entered.title.trim(), item: entered.item ?? null };
  const names = (Object.keys(before) as (keyof Entered)[]).filter(
    (name) => after[name] !== undefined && after[name] !== before[name],
  );
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}

export function EditFacts({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const grades = (["high", "medium", "low"] as const).map((value) => ({
    value,
    label: t(`ticket.${value}`),
  }));
  /** As it was when the dialog came: what others change meanwhile is not sent back as it was. */
  const [before] = useState(ticket);
  const save = useSend(
    (entered: Entered) =>
      answered(
        api.PATCH("/tickets/{ticket_id}", {
          params: { path: { ticket_id: ticket.id } },
          body: { ...changedOf(before, entered), version: ticket.version },
        }),
      ),
    ["tickets", "board"],
  );
  const meanwhile = (was: string | null, now: string | null, told = now) =>
    was === now ? undefined : (
      <span className="meanwhile" role="status">
        {t("form.meanwhile")} <b>{told ?? "–"}</b>
      </span>
    );
  const graded = (grade: string | null): string | null =>
    grades.find(({ value }) => value === grade)?.label ?? grade;
  return (
    <FormDialog
      title={t("ticket.editFacts")}
      save={save}
      initial={{
        title: before.title,
        item: before.item?.id ?? null,
        ...(before.impact ? { impact: before.impact } : {}),
        ...(before.urgency ? { urgency: before.urgency } : {}),
      }}
      onClose={onClose}
    >
      <TitleField note={meanwhile(before.title, ticket.title)} />
      <Form.Item
        name="item"
        label={t("ticket.item")}
        extra={meanwhile(
          before.item?.id ?? null,
          ticket.item?.id ?? null,
          ticket.item?.name ?? null,
        )}
        // A ticket that stands on an item goes to another one, not to none.
        rules={
          ticket.item
            ? [{ required: true, message: t("form.missing", { label: t("ticket.item") }) }]
            : []
        }
      >
        <RefSelect of="items" />
      </Form.Item>
      <Form.Item
        name="impact"
        label={t("ticket.impact")}
        extra={meanwhile(before.impact, ticket.impact, graded(ticket.impact))}
      >
        <Segmented options={grades} />
      </Form.Item>
      <Form.Item
        name="urgency"
        label={t("ticket.urgency")}
        extra={meanwhile(before.urgency, ticket.urgency, graded(ticket.urgency))}
      >
        <Segmented options={grades} />
      </Form.Item>
    </FormDialog>
  );
}
