/** What is done with deleted items: brought back, or removed for good. */
import { Button } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Binned, Restored } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { toast } from "@/parts/toast";
import { TriedDialog, type Why } from "./tried-dialog";

function Told({ found }: { found: Restored }) {
  const t = useT();
  return (
    <ul className="mend-refused" data-field="restored">
      {found.items.map(({ id, name, became, relations, left }) => (
        <li key={id} data-became={became}>
          <span>
            <b>{name}</b>{" "}
            {became === "restored" ? t("recycle.back", { n: relations }) : t("recycle.refused")}
          </span>
          {left.map((why) => (
            <span key={why} className="refused">
              {why}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function RestoreItems({
  items,
  onClose,
  onDone,
}: {
  items: readonly Binned[];
  onClose: () => void;
  onDone: (ids: readonly string[]) => void;
}) {
  const t = useT();
  const ids = items.map(({ id }) => id);
  const send = (trial: boolean) =>
    answered(api.POST("/recycle-bin/restore", { body: { items: ids, trial } }));
  const save = useSend<Why, Restored>(
    () => send(false),
    ["items", "board", "targets", "recycle-bin"],
  );
  return (
    <TriedDialog<Restored>
      title={t("recycle.restoreAsk", { n: items.length })}
      hint={t("recycle.restoreHint")}
      act={t("recycle.restore")}
      trialOf={["restoring", ids]}
      ask={() => send(true)}
      save={save}
      told={(found) => <Told found={found} />}
      worthwhile={({ restored }) => restored > 0}
      onClose={onClose}
      onDone={(done) => {
        const back = done.items.filter(({ became }) => became === "restored");
        toast(t("recycle.restored", { n: back.length, left: done.items.length - back.length }));
        onDone(back.map(({ id }) => id));
      }}
    />
  );
}

interface Props {
  items: readonly Binned[];
  letGo: (ids: readonly string[]) => void;
}

export function BinActs({ items, letGo }: Props) {
  const t = useT();
  const mayPurge = useMay("cmdb.purge");
  const [chosen, setChosen] = useState<readonly Binned[] | null>(null);
  const purge = useSend(
    (ids: string[]) => answered(api.POST("/recycle-bin/purge", { body: { items: ids } })),
    ["recycle-bin"],
  );
  return (
    <>
      {items.length > 0 ? (
        <Button
          type="primary"
          data-act="restore-many"
          onClick={() => {
            setChosen(items);
          }}
        >
          {t("recycle.restore")}
        </Button>
      ) : null}
      {items.length > 0 && mayPurge ? (
        <Confirmed
          ask={t("recycle.purgeAsk", { n: items.length })}
          busy={purge.isPending}
          onYes={() => {
            const ids = items.map(({ id }) => id);
            purge.mutate(ids, {
              onSuccess: ({ removed }) => {
                toast(t("recycle.purged", { n: removed }));
                letGo(ids);
              },
              onError: (problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("recycle.purge")}
        </Confirmed>
      ) : null}
      {chosen ? (
        <RestoreItems
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
