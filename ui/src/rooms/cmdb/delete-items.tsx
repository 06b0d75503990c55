/** Items put into the recycle bin: told first what goes with them, then done. */
import { Button } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Deleted, Item } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { TriedDialog, type Why } from "./tried-dialog";

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
  const ids = items.map(({ id }) => id);
  const send = (trial: boolean, why: Why) =>
    answered(api.POST("/items/delete", { body: { items: ids, trial, ...why } }));
  const save = useSend(
    (why: Why) => send(false, why),
    ["items", "board", "targets", "recycle-bin"],
  );
  return (
    <TriedDialog<Deleted>
      title={
        items.length === 1
          ? `${t("recycle.delete")}: ${items[0]?.name ?? ""}`
          : t("recycle.deleteAsk", { n: items.length })
      }
      hint={t("recycle.deleteHint")}
      act={t("recycle.delete")}
      danger
      why
      trialOf={["deletion", ids]}
      ask={() => send(true, {})}
      save={save}
      told={(found) => <Effects found={found} />}
      onClose={onClose}
      onDone={() => {
        toast(t("recycle.deleted", { n: items.length }));
        onDone(ids);
      }}
    />
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
