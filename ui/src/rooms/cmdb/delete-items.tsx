/** Items put into the recycle bin: told first what goes with them, then done. */
import { Button, Form, Modal } from "antd";
import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Deleted, Item } from "@/api/types";
import { useT } from "@/language";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { WhyFields } from "./mending";
import "./care.css";

interface Why {
  reason?: string;
  ticket?: string;
}

function Effects({ found }: { found: Deleted }) {
  const t = useT();
  const touched = found.items.filter(({ effects }) => effects.length > 0);
  if (touched.length === 0) return <p className="muted">{t("recycle.noEffects")}</p>;
  const rest = found.items.length - touched.length;
  return (
    <>
      <b>{t("recycle.effects")}</b>
      <ul className="mend-refused" data-field="effects">
        {touched.map(({ item, effects }) => (
          <li key={item.id}>
            <b>{item.name}</b>
            {effects.map(({ thing, label, count, becomes, names }) => (
              <span key={thing} data-effect={thing}>
                {label} {count}
                {names.length > 0
                  ? ` (${names.join(", ")}${count > names.length ? ", …" : ""})`
                  : ""}{" "}
                <span className="muted">{becomes}</span>
              </span>
            ))}
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="muted">{t("recycle.more", { n: rest })}</p> : null}
    </>
  );
}

interface Props {
  items: readonly Pick<Item, "id" | "name">[];
  onClose: () => void;
  onDone: (ids: readonly string[]) => void;
}

export function DeleteItems({ items, onClose, onDone }: Props) {
  const t = useT();
  const [form] = Form.useForm<Why>();
  const ids = items.map(({ id }) => id);
  const send = (trial: boolean, why: Why) =>
    answered(api.POST("/items/delete", { body: { items: ids, trial, ...why } }));
  const trial = useQuery<Deleted, Problem>({
    queryKey: ["deletion", ids],
    gcTime: 0,
    queryFn: () => send(true, {}),
  });
  const save = useSend(
    (why: Why) => send(false, why),
    ["items", "board", "targets", "recycle-bin"],
  );
  return (
    <Modal
      open
      title={
        items.length === 1
          ? `${t("recycle.delete")}: ${items[0]?.name ?? ""}`
          : t("recycle.deleteAsk", { n: items.length })
      }
      onCancel={onClose}
      okText={t("recycle.delete")}
      cancelText={t("word.cancel")}
      okButtonProps={{ danger: true, disabled: !trial.data, loading: save.isPending }}
      onOk={() => {
        save.mutate(form.getFieldsValue(), {
          onSuccess: () => {
            toast(t("recycle.deleted", { n: items.length }));
            onDone(ids);
          },
          onError: (problem) => {
            toast(problem.message, "failed");
          },
        });
      }}
    >
      <p className="muted">{t("recycle.deleteHint")}</p>
      {trial.data ? (
        <Effects found={trial.data} />
      ) : trial.error ? (
        <Failed problem={trial.error} />
      ) : (
        <Waiting lines={2} />
      )}
      <Form form={form} layout="vertical">
        <WhyFields />
      </Form>
    </Modal>
  );
}

export function DeleteSeveral({
  items,
  letGo,
}: {
  items: readonly Item[];
  letGo: (ids: readonly string[]) => void;
}) {
  const t = useT();
  const may = useMay("cmdb.delete");
  /** Those that were chosen when it was said, whatever the list does meanwhile. */
  const [chosen, setChosen] = useState<readonly Item[] | null>(null);
  if (!may) return null;
  return (
    <>
      {items.length > 0 ? (
        <Button
          danger
          data-act="delete-many"
          onClick={() => {
            setChosen(items);
          }}
        >
          {t("recycle.delete")}
        </Button>
      ) : null}
      {chosen ? (
        <DeleteItems
          items={chosen}
          onClose={() => {
            setChosen(null);
          }}
          onDone={(ids) => {
            setChosen(null);
            letGo(ids);
          }}
        />
      ) : null}
    </>
  );
}
