/** What is done at once with several items, or leads to where one of them is put right. */
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import type { BulkDone, BulkRow, Finding, Item } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";

type Mending = Finding["mending"][number] | "restore";
const AT_ONCE = ["owner", "confirm", "retire", "restore"] as const;
type AtOnce = (typeof AT_ONCE)[number];
const atOnce = (mending: Mending): mending is AtOnce =>
  (AT_ONCE as readonly string[]).includes(mending);

/** Where one item is put right, of what cannot be done with many. */
const PLACES: Partial<Record<Mending, (item: string) => string>> = {
  edit: (item) => `/items/${item}/edit`,
  relate: (item) => `/items/${item}?tab=relations`,
  watch: (item) => `/targets/new?item=${item}`,
};

export function MendOne({ item, mending }: { item: string; mending: readonly Mending[] }) {
  const t = useT();
  const ways = mending.filter((each) => PLACES[each]);
  if (ways.length === 0) return null;
  return (
    <span className="mend-one">
      {ways.map((each) => (
        <Link key={each} className="tap" to={PLACES[each]?.(item) ?? ""}>
          {t(`care.${each}`)}
        </Link>
      ))}
    </span>
  );
}

type Said = Pick<BulkRow, "owner" | "confirmed" | "retired">;
interface Entered {
  owner?: string;
  reason?: string;
  ticket?: string;
}

const SAID: Record<AtOnce, (entered: Entered) => Said> = {
  owner: ({ owner }) => ({ owner: owner ?? null }),
  confirm: () => ({ confirmed: true }),
  retire: () => ({ retired: true }),
  restore: () => ({ retired: false }),
};

interface Props {
  items: readonly Item[];
  mending: readonly Mending[];
  letGo: (ids: readonly string[]) => void;
}

/** One request; each row stands by itself, with the version that was read. */
function MendForm({
  items,
  act,
  onClose,
  onDone,
}: {
  items: readonly Item[];
  act: AtOnce;
  onClose: () => void;
  onDone: (done: BulkDone) => void;
}) {
  const t = useT();
  const save = useSend(
    async (entered: Entered) => {
      const rows = items.map(({ id, version }) => ({ id, version, ...SAID[act](entered) }));
      const done = await answered(
        api.POST("/items/bulk", {
          body: {
            rows,
            mode: "each",
            reason: entered.reason ?? "",
            ticket: entered.ticket ?? "",
          },
        }),
      );
      onDone(done);
      return done;
    },
    ["items", "board", "targets"],
  );
  return (
    <FormDialog<Entered, BulkDone>
      title={t(`care.${act}Ask`, { n: items.length })}
      save={save}
      onClose={onClose}
    >
      {act === "owner" ? (
        <Form.Item
          name="owner"
          label={t("item.owner")}
          rules={[{ required: true, message: t("form.missing", { label: t("item.owner") }) }]}
        >
          <RefSelect of="items" />
        </Form.Item>
      ) : (
        <p className="muted">{t(`care.${act}Hint`)}</p>
      )}
      <WhyFields />
    </FormDialog>
  );
}

/** Why, for the history: neither is asked of anybody. */
export function WhyFields() {
  const t = useT();
  return (
    <>
      <Form.Item name="reason" label={t("care.reason")}>
        <Input maxLength={500} />
      </Form.Item>
      <Form.Item name="ticket" label={t("care.ticket")}>
        <Input maxLength={50} />
      </Form.Item>
    </>
  );
}

function Outcome({
  done,
  items,
  onClose,
}: {
  done: BulkDone;
  items: readonly Item[];
  onClose: () => void;
}) {
  const t = useT();
  const refused = done.rows.filter(({ status }) => status === "refused");
  return (
    <Modal
      open
      title={t("care.outcome", {
        n: done.rows.length - refused.length,
        refused: refused.length,
      })}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("word.close")}
        </Button>
      }
    >
      <ul className="mend-refused" data-field="refused">
        {refused.map(({ row, problems }) => (
          <li key={row}>
            <Link to={`/items/${items[row - 1]?.id ?? ""}`} className="tap">
              {items[row - 1]?.name}
            </Link>
            <span className="refused">{problems.map(({ message }) => message).join(" ")}</span>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

export function MendSeveral({ items, mending, letGo }: Props) {
  const t = useT();
  /** With those that were chosen when it was said, whatever the list does meanwhile. */
  const [form, setForm] = useState<[AtOnce, readonly Item[]] | null>(null);
  const [outcome, setOutcome] = useState<[BulkDone, readonly Item[]] | null>(null);
  const done = (told: BulkDone, sent: readonly Item[]): void => {
    const well = told.rows.filter(({ status }) => status !== "refused");
    if (well.length < sent.length) setOutcome([told, sent]);
    else toast(t("care.done", { n: well.length }));
    letGo(well.flatMap(({ row }) => sent[row - 1]?.id ?? []));
  };
  return (
    <>
      {items.length > 0
        ? mending.filter(atOnce).map((act, place) => (
            <Button
              key={act}
              type={place === 0 ? "primary" : "default"}
              data-mend={act}
              onClick={() => {
                setForm([act, items]);
              }}
            >
              {t(`care.${act}`)}
            </Button>
          ))
        : null}
      {form ? (
        <MendForm
          act={form[0]}
          items={form[1]}
          onClose={() => {
            setForm(null);
          }}
          onDone={(told) => {
            done(told, form[1]);
          }}
        />
      ) : null}
      {outcome ? (
        <Outcome
          done={outcome[0]}
          items={outcome[1]}
          onClose={() => {
            setOutcome(null);
          }}
        />
      ) : null}
    </>
  );
}
