/** What was done with an alert, in marks beside its state. */
import type { Alert } from "@/api/types";
import { useT } from "@/language";
import { shortTime } from "@/language/format";
import { Glyph } from "@/parts/marks";

/** Who looks at it, and whether it is silenced: words with a shape, beside its state. */
export function HandlingMarks({ alert }: { alert: Alert }) {
  const t = useT();
  const { acknowledged, silence } = alert;
  return (
    <span className="alert-handling">
      {silence ? (
        <span className="mark mark-quiet tone-blue" data-mark="silenced" title={silence.reason}>
          <Glyph shape="bars" size="0.85em" />
          {t("alert.silencedUntil", { time: shortTime(silence.until) })}
        </span>
      ) : null}
      {acknowledged ? (
        <span className="mark mark-quiet tone-grey" data-mark="acknowledged">
          <Glyph shape="circle" size="0.85em" />
          {t("alert.acknowledgedBy", { name: acknowledged.by.name })}
        </span>
      ) : null}
    </span>
  );
}
