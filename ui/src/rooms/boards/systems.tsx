/** The business systems as tiles, by class of importance. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { SystemRow } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { COLOURS, Glyph, ServiceMark } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { WhyNow } from "@/parts/service-now";
import { Empty, Failed, Waiting } from "@/parts/states";
import { BoardActions } from "./board-actions";
import "./boards.css";

export const useSystems = () => useGet("board", "/boards/systems", {}, { keep: true });

const CLASSES: readonly { value: SystemRow["importance"]; label: TextKey }[] = [
  { value: "A", label: "board.classA" },
  { value: "B", label: "board.classB" },
  { value: "C", label: "board.classC" },
  { value: null, label: "board.classNone" },
];

function Tile({ system, wall }: { system: SystemRow; wall: boolean }) {
  const t = useT();
  const { parts } = system;
  const bad = parts.abnormal > 0;
  const body = (
    <>
      <div className="tile-top">
        <ServiceMark item={system} now={system.now} quiet />
        <span className="spring" />
        {system.open_tickets > 0 ? <Glyph {...COLOURS[system.worst_colour]} size="1em" /> : null}
        {system.open_tickets > 0 ? (
          <span className="nowrap">{t("board.ticketsN", { n: system.open_tickets })}</span>
        ) : null}
      </div>
      <h3>{system.name}</h3>
      <WhyNow now={system.now} />
      <div className="tile-foot">
        <span>
          {bad
            ? t("board.partsAbnormal", { bad: parts.abnormal, all: parts.all })
            : t("board.parts", { n: parts.all })}
          {parts.unknown > 0 && !(wall && bad)
            ? ` · ${t("board.unknownN", { n: parts.unknown })}`
            : null}
        </span>
        {system.open_alerts > 0 && !(wall && system.open_tickets > 0) ? (
          <span>{t("board.alertsN", { n: system.open_alerts })}</span>
        ) : null}
      </div>
    </>
  );
  const look = `tile tile-${system.now.judged}`;
  return wall ? (
    <div className={look}>{body}</div>
  ) : (
    <Link className={look} to={`/items/${system.id}`} data-system={system.name}>
      {body}
    </Link>
  );
}

export function SystemTiles({
  systems,
  wall = false,
}: {
  systems: readonly SystemRow[];
  wall?: boolean;
}) {
  const t = useT();
  return (
    <div data-board="systems">
      {CLASSES.map(({ value, label }) => {
        const members = systems.filter((system) => system.importance === value);
        if (members.length === 0) return null;
        return (
          <section key={label} className="system-group">
            <h2>
              {t(label)} <span className="muted">{members.length}</span>
            </h2>
            <div className="tiles">
              {members.map((system) => (
                <Tile key={system.id} system={system} wall={wall} />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}

export function SystemsPage() {
  const t = useT();
  const phone = usePhone();
  const { data, error, refetch } = useSystems();
  return (
    <PageFrame
      ready={data !== undefined || error !== null}
      actions={phone ? null : <BoardActions wall="/wall/systems" />}
    >
      {!data ? (
        error ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : (
          <Waiting lines={8} />
        )
      ) : data.items.length === 0 ? (
        <div className="panel">
          <Empty icon="systems" title={t("board.noSystems")} hint={t("board.noSystemsHint")} />
        </div>
      ) : (
        <SystemTiles systems={data.items} />
      )}
    </PageFrame>
  );
}
