/** What a trial of a target found. */
import type { Problem } from "@/api/problem";
import type { CheckResult } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { CONDITIONS, Glyph } from "@/parts/marks";

export type Found = Pick<CheckResult, "up" | "reason_text" | "samples" | "seconds" | "detail">;

/** Nobody tried: why, in the place of a result. */
export const notTried = (problem: Problem): Found => ({
  up: false,
  reason_text: problem.message,
  detail: "",
  samples: 0,
  seconds: 0,
});

export function Tried({ found }: { found: Found }) {
  const t = useT();
  return (
    <p className={found.up ? "result" : "result result-failed"} role="status">
      <Glyph {...(found.up ? CONDITIONS.ok : CONDITIONS.down)} />
      {found.up
        ? t("target.checked", {
            samples: quantity(found.samples),
            took: quantity(found.seconds, "seconds"),
          })
        : t("target.checkFailed", {
            reason: [found.reason_text, found.detail].filter(Boolean).join(" "),
          })}
    </p>
  );
}
