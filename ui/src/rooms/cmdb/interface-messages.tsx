/** What passes an interface: the last hour, the last day, what waits, and how old that is. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item, MessageDay } from "@/api/types";
import { useT } from "@/language";
import { quantity, shortTime } from "@/language/format";
import { Chart, type Line } from "@/parts/chart/chart";
import { Failed, Waiting } from "@/parts/states";
import { Ago } from "@/parts/time";
import "./interface.css";

const KINDS = ["sent", "received", "failed"] as const;
type Passed = MessageDay["day"];

/** Each part of the day that was measured as long as it is; what lies between them is no line. */
function linesOf(day: MessageDay, names: Record<(typeof KINDS)[number], string>): Line[] {
  const [width, end] = [day.slice_s * 1000, Date.parse(day.as_of)];
  return KINDS.flatMap((kind) => {
    const known = day.slices.flatMap(({ at, [kind]: count }): [number, number][] =>
      count === null ? [] : [[Date.parse(at), count]],
    );
    const points = known.flatMap(([at, count], place): [number, number | null][] => {
      const next = known[place + 1]?.[0];
      const until = Math.min(at + width, end);
      const gap: [number, number | null][] = next && next > at + width ? [[until + 1, null]] : [];
      return [[at, count], [until, count], ...gap];
    });
    return points.length > 0 ? [{ name: names[kind], points }] : [];
  });
}

function Figure({ name, passed }: { name: string; passed: Passed }) {
  const t = useT();
  const parts = [
    passed.sent === null ? "" : `${t("interface.sent")} ${quantity(passed.sent)}`,
    passed.received === null ? "" : `${t("interface.received")} ${quantity(passed.received)}`,
    passed.failed === null ? "" : `${t("interface.refused")} ${quantity(passed.failed)}`,
  ].filter(Boolean);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {passed.messages === null ? "–" : quantity(passed.messages)}
        <small>{parts.length > 0 ? parts.join(" · ") : t("interface.waits")}</small>
        <small className="muted">{t("interface.since", { time: shortTime(passed.since) })}</small>
      </dd>
    </div>
  );
}

function Measured({ item, day }: { item: Item; day: MessageDay }) {
  const t = useT();
  const { counts } = day;
  const lines = linesOf(day, {
    sent: t("interface.sent"),
    received: t("interface.received"),
    failed: t("interface.refused"),
  });
  const end = Date.parse(day.as_of);
  return (
    <>
      <dl className="message-figures">
        <Figure name={t("interface.hourly")} passed={counts.hour} />
        <Figure name={t("interface.daily")} passed={day.day} />
        <div>
          <dt>{t("interface.queued")}</dt>
          <dd>
            {counts.queued === null ? "–" : quantity(counts.queued)}
            <small className="muted">
              {counts.queued === null ? t("interface.countedNo") : t("interface.now")}
            </small>
          </dd>
        </div>
        <div>
          <dt>{t("interface.newest")}</dt>
          <dd>
            <Ago at={counts.last_at} />
          </dd>
        </div>
      </dl>
      {lines.length > 0 ? (
        <figure className="metric-panel" data-panel="messages">
          <figcaption>{t("interface.eachSlice", { n: day.slice_s / 60 })}</figcaption>
          <Chart
            lines={lines}
            unit={null}
            kind="line"
            period={[end - 86_400_000, end]}
            group={`messages-${item.id}`}
          />
        </figure>
      ) : null}
    </>
  );
}

/** What to do where nothing is known: nothing is shown as none. */
function NotMeasured({ item, day }: { item: Item; day: MessageDay }) {
  const t = useT();
  const mayAdd = useMay("collect.manage");
  if (day.counts.measured === "unknown") return <p>{t("interface.unknownCounts")}</p>;
  if (day.counts.measured === "silent")
    return (
      <p>
        <b>{t("interface.countedSilent")}</b> {t("interface.silent")}
      </p>
    );
  return (
    <p>
      <b>{t("interface.countedNo")}</b> {t("interface.uncounted")} {t("interface.uncountedHow")}{" "}
      {mayAdd && item.retired_at === null ? (
        <Link to={`/targets/new?item=${item.id}`}>{t("item.addTarget")}</Link>
      ) : null}
    </p>
  );
}

export default function InterfaceMessages({ item }: { item: Item }) {
  const t = useT();
  const { data, error, refetch } = useGet("items", "/interfaces/{item_id}/messages", {
    path: { item_id: item.id },
  });
  if (error?.status === 403) return null;
  return (
    <section className="card stack" data-messages={data?.counts.measured}>
      <h2>{t("interface.dayTitle")}</h2>
      {data ? (
        data.counts.measured === "yes" ? (
          <Measured item={item} day={data} />
        ) : (
          <NotMeasured item={item} day={data} />
        )
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={3} />
      )}
    </section>
  );
}
