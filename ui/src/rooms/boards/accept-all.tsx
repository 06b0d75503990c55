/** One act for a storm: whoever works on it takes what nobody has taken yet. */
import { Button, Popconfirm } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { TicketRow } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";

/** As many as the server takes in one call. */
const MOST = 500;

export function AcceptAll({ tickets }: { tickets: readonly TicketRow[] }) {
  const t = useT();
  const may = useMay("tickets.work");
  const accept = useSend(
    (chosen: string[]) =>
      answered(api.POST("/tickets/acceptance", { body: { tickets: chosen.slice(0, MOST) } })),
    ["tickets", "board"],
  );
  const waiting = tickets.filter((ticket) => ticket.category === "new").map((ticket) => ticket.id);
  if (!may || waiting.length === 0) return null;
  const n = Math.min(waiting.length, MOST);
  const submit = (): void => {
    accept.mutate(waiting, {
      onSuccess: ({ accepted, refused }) => {
        const [first] = refused;
        if (!first) toast(t("board.accepted", { n: accepted.length }));
        else
          toast(
            t("board.notAccepted", {
              n: accepted.length,
              refused: refused.length,
              why: first.why,
            }),
            "failed",
          );
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  return (
    <Popconfirm
      title={t("board.acceptAsk", { n })}
      okText={t("word.confirm")}
      cancelText={t("word.cancel")}
      onConfirm={submit}
      styles={{ root: { maxWidth: 380 } }}
    >
      <Button type="primary" loading={accept.isPending} data-act="accept-all">
        {t("board.acceptAll", { n })}
      </Button>
    </Popconfirm>
  );
}
