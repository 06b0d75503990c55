/** What everybody reads of a ticket, put right on its own page: title, item, impact, urgency. */
import { Form, Segmented } from "antd";
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
  const save = useSend(
    (entered: Entered) =>
      answered(
        api.PATCH("/tickets/{ticket_id}", {
          params: { path: { ticket_id: ticket.id } },
          body: { ...changedOf(ticket, entered), version: ticket.version },
        }),
      ),
    ["tickets", "board"],
  );
  const grades = (["high", "medium", "low"] as const).map((value) => ({
    value,
    label: t(`ticket.${value}`),
  }));
  return (
    <FormDialog
      title={t("ticket.editFacts")}
      save={save}
      initial={{
        title: ticket.title,
        item: ticket.item?.id ?? null,
        ...(ticket.impact ? { impact: ticket.impact } : {}),
        ...(ticket.urgency ? { urgency: ticket.urgency } : {}),
      }}
      onClose={onClose}
    >
      <TitleField />
      <Form.Item
        name="item"
        label={t("ticket.item")}
        // A ticket that stands on an item goes to another one, not to none.
        rules={
          ticket.item
            ? [{ required: true, message: t("form.missing", { label: t("ticket.item") }) }]
            : []
        }
      >
        <RefSelect of="items" />
      </Form.Item>
      <Form.Item name="impact" label={t("ticket.impact")}>
        <Segmented options={grades} />
      </Form.Item>
      <Form.Item name="urgency" label={t("ticket.urgency")}>
        <Segmented options={grades} />
      </Form.Item>
    </FormDialog>
  );
}
