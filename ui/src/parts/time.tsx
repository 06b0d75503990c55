/** Instants: short on the page, whole in the tooltip. */
import { useT } from "@/language";
import { fullTime, shortTime, span } from "@/language/format";
import { useNow } from "./now";

export function At({ at }: { at: string | null | undefined }) {
  if (!at) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={fullTime(at)} className="nowrap">
      {shortTime(at)}
    </time>
  );
}

/** How long ago, renewed by itself. */
export function Ago({ at }: { at: string | null | undefined }) {
  const t = useT();
  const moment = useNow();
  if (!at) return <span className="muted">{t("word.never")}</span>;
  const seconds = (moment - Date.parse(at)) / 1000;
  return (
    <time dateTime={at} title={fullTime(at)} className="nowrap">
      {seconds < 5 ? t("word.now") : t("word.ago", { span: span(seconds) })}
    </time>
  );
}

/** From a start to an end, or until now. */
export function Lasted({ from, to }: { from: string | null; to?: string | null }) {
  const moment = useNow();
  if (!from) return <span className="muted">–</span>;
  const until = to ? Date.parse(to) : moment;
  return (
    <span className="nowrap" title={fullTime(from)}>
      {span((until - Date.parse(from)) / 1000)}
    </span>
  );
}
