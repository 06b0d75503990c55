/** One act for a storm: whoever works on it takes what nobody has taken yet. */
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useMay } from "@/api/session";
import type { ActedOn, TicketRow } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { AntTheme } from "@/theme/ant";
import { Outcome, useActing } from "@/rooms/tickets/act-on-many";

interface Props {
  tickets: readonly TicketRow[];
}

/** The boards are drawn without Ant Design, so it comes along. */
export default function AcceptAll(props: Props) {
  return (
    <AntTheme>
      <Act {...props} />
    </AntTheme>
  );
}

function Act({ tickets }: Props) {
  const t = useT();
  const may = useMay("tickets.work");
  const { act, progress } = useActing();
  const [outcome, setOutcome] = useState<[ActedOn, readonly TicketRow[]] | null>(null);
  const waiting = tickets.filter((ticket) => ticket.category === "new");
  const n = waiting.length;
  const submit = async (): Promise<void> => {
    const found = await act(waiting, { kind: "accept" });
    if (!found) return;
    if (found.refused.length === 0) toast(t("board.accepted", { n: found.done.length }));
    else setOutcome([found, waiting]);
  };
  return (
    <>
      {may && (n > 0 || progress !== null) ? (
        <Popconfirm
          title={t("board.acceptAsk", { n })}
          okText={t("word.confirm")}
          cancelText={t("word.cancel")}
          onConfirm={() => void submit()}
          styles={{ root: { maxWidth: 380 } }}
        >
          <Button type="primary" loading={progress !== null} data-act="accept-all">
            {progress === null
              ? t("board.acceptAll", { n })
              : t("board.accepting", { n: progress })}
          </Button>
        </Popconfirm>
      ) : null}
      {outcome ? (
        <Outcome
          found={outcome[0]}
          tickets={outcome[1]}
          onClose={() => {
            setOutcome(null);
          }}
        />
      ) : null}
    </>
  );
}
