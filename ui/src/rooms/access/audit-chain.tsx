/** Whether the whole audit chain holds, when that was found out, and where it does not. */
import { Button } from "antd";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { AuditChain } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { Ago } from "@/parts/time";
import { toast } from "@/parts/toast";

const SIGNS = {
  whole: CONDITIONS.ok,
  broken: CONDITIONS.down,
  stale: CONDITIONS.unknown,
  unchecked: CONDITIONS.unknown,
} as const;
const EVERY = 30_000;

function Said({ chain }: { chain: AuditChain }) {
  const t = useT();
  const sign = SIGNS[chain.state];
  const entries = chain.entries?.toString() ?? "";
  const text =
    chain.state === "broken" && chain.broken_at
      ? t("audit.brokenAt", { n: chain.broken_at.toString() })
      : t(`audit.chain.${chain.state}`);
  return (
    <p>
      <span className={`mark tone-${sign.tone}`}>
        <Glyph shape={sign.shape} size="0.85em" />
        <span>{text}</span>
      </span>{" "}
      {chain.checked_at ? (
        <>
          {t("audit.checked")} <Ago at={chain.checked_at} />
        </>
      ) : null}
      {entries ? t("audit.entries", { n: entries }) : null}
      {chain.waiting ? t("audit.waiting", { n: chain.waiting.toString() }) : null}
    </p>
  );
}

export function Chain() {
  const t = useT();
  const chain = useGet("access", "/audit-chain", {}, { every: EVERY }).data;
  const check = useSend(() => answered(api.POST("/audit-chain/check")), ["access"]);
  if (!chain) return null;
  return (
    <section className="card audit-chain" data-chain={chain.state}>
      <div>
        <Said chain={chain} />
        {chain.faults.length > 0 ? (
          <ul className="chain-faults">
            {chain.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
            {chain.more_faults > 0 ? (
              <li>{t("audit.moreFaults", { n: chain.more_faults.toString() })}</li>
            ) : null}
          </ul>
        ) : null}
        <p className="muted">
          {chain.state === "broken"
            ? t("audit.brokenNext")
            : chain.proved_until
              ? t("audit.provedUntil", { at: fullTime(chain.proved_until) })
              : t("audit.nothingProves")}
        </p>
      </div>
      <Button
        loading={check.isPending}
        data-act="check-chain"
        onClick={() => {
          check.mutate(undefined, {
            onSuccess: () => {
              toast(t("audit.checkAsked"));
            },
            onError: (problem) => {
              toast(problem.message, "failed");
            },
          });
        }}
      >
        {t("audit.checkNow")}
      </Button>
    </section>
  );
}
