/** How receivers fare and what became of deliveries: signs with words. */
import type { DeliveryRow, WebhookRow } from "@/api/types";
import { useT } from "@/language";
import { Glyph, type Shape } from "@/parts/marks";

type Tone = "green" | "red" | "yellow" | "grey" | "blue";

const RECEIVERS: Record<WebhookRow["state"], [Shape, Tone]> = {
  unused: ["ring", "grey"],
  working: ["check", "green"],
  failing: ["cross", "red"],
};

const DELIVERIES: Record<DeliveryRow["state"], [Shape, Tone]> = {
  waiting: ["ring", "blue"],
  delivered: ["check", "green"],
  "given-up": ["cross", "red"],
};

function Sign({ sign, text, state }: { sign: [Shape, Tone]; text: string; state: string }) {
  const [shape, tone] = sign;
  return (
    <span className={`mark tone-${tone}`} data-state={state}>
      <Glyph shape={shape} size="0.85em" />
      <span>{text}</span>
    </span>
  );
}

export function ReceiverMark({ state }: { state: WebhookRow["state"] }) {
  const t = useT();
  return <Sign sign={RECEIVERS[state]} text={t(`webhook.states.${state}`)} state={state} />;
}

export function DeliveryMark({ state }: { state: DeliveryRow["state"] }) {
  const t = useT();
  return <Sign sign={DELIVERIES[state]} text={t(`delivery.states.${state}`)} state={state} />;
}

/** Why it was not taken: in words, and as the system says it. */
export function Trouble({
  of,
}: {
  of: Pick<DeliveryRow, "trouble" | "detail"> & { status?: number | null };
}) {
  const t = useT();
  if (!of.trouble) return <>–</>;
  const said = [of.status, of.detail].filter((part) => part !== null && part !== "");
  return (
    <span>
      {t(`webhook.troubles.${of.trouble}`)}
      {said.length > 0 ? <span className="soft"> ({said.join(" ")})</span> : null}
    </span>
  );
}
