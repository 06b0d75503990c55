/** 状态看板: which nodes are abnormal, why, since when, and who works on it. */
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Condition, StatusBoard } from "@/api/types";
import { useT } from "@/language";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { BoardActions } from "./board-actions";
import { NodeRows } from "./node-rows";
import "./boards.css";

export const useStatus = () =>
  useGet("board", "/boards/status", { query: { limit: 500 } }, { keep: true });

const ORDER: readonly Condition[] = ["down", "critical", "warning", "unknown", "maintenance", "ok"];

const ABNORMAL: readonly Condition[] = ["down", "critical", "warning", "maintenance"];

/** Counted here and listed among the items: nothing is known to be wrong with them. */
const ELSEWHERE: ReadonlySet<Condition> = new Set(["unknown", "ok"]);

interface CountsProps {
  counts: StatusBoard["counts"];
  chosen: Condition | null;
  onChoose?: (condition: Condition | null) => void;
}

export function ConditionCounts({ counts, chosen, onChoose }: CountsProps) {
  const t = useT();
  return (
    <div className="counts" role="group">
      {ORDER.map((condition) => {
        const said = (
          <>
            <Glyph {...CONDITIONS[condition]} size="1em" />
            {t(`condition.${condition}`)} <b>{counts[condition] ?? 0}</b>
          </>
        );
        return onChoose && ELSEWHERE.has(condition) ? (
          <Link
            key={condition}
            className="count"
            to={`/items?condition=${condition}`}
            data-condition={condition}
          >
            {said}
          </Link>
        ) : (
          <button
            key={condition}
            type="button"
            className="count"
            disabled={!onChoose}
            aria-pressed={chosen === condition}
            onClick={() => {
              onChoose?.(chosen === condition ? null : condition);
            }}
            data-condition={condition}
          >
            {said}
          </button>
        );
      })}
    </div>
  );
}

/** Nothing is wrong that is known; of what nobody watches that cannot be said. */
export function NothingWrong({ counts, chosen }: Pick<CountsProps, "counts" | "chosen">) {
  const t = useT();
  const unknown = counts.unknown ?? 0;
  if (chosen) {
    const others = ABNORMAL.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
    return (
      <Empty
        icon={others > 0 ? "search" : "check"}
        title={t("board.noneIn", { condition: t(`condition.${chosen}`) })}
        hint={others > 0 ? t("board.othersAbnormal", { n: others }) : t("board.allWellHint")}
      />
    );
  }
  return (
    <Empty
      title={t(unknown > 0 ? "board.noneWrong" : "board.allWell")}
      hint={unknown > 0 ? t("board.unwatched", { n: unknown }) : t("board.allWellHint")}
    />
  );
}

/** Worst first; among equals what began first. */
export function byGravity(rows: StatusBoard["items"]): StatusBoard["items"] {
  const began = (since: string | null): number => (since ? Date.parse(since) : 0);
  return [...rows].sort(
    (a, b) =>
      ORDER.indexOf(a.condition) - ORDER.indexOf(b.condition) || began(a.since) - began(b.since),
  );
}

export function StatusPage() {
  const phone = usePhone();
  const [params, setParams] = useSearchParams();
  const asked = params.get("condition");
  const chosen = ORDER.find((condition) => condition === asked) ?? null;
  const { data, error, refetch } = useStatus();
  const rows = byGravity(data?.items ?? []).filter((row) => !chosen || row.condition === chosen);
  return (
    <PageFrame
      ready={data !== undefined || error !== null}
      actions={phone ? null : <BoardActions wall="/wall/status" />}
    >
      {!data ? (
        error ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : (
          <Waiting lines={8} />
        )
      ) : (
        <>
          <ConditionCounts
            counts={data.counts}
            chosen={chosen}
            onChoose={(condition) => {
              setParams(condition ? { condition } : {}, { replace: true });
            }}
          />
          <div className="panel">
            {rows.length === 0 ? (
              <NothingWrong counts={data.counts} chosen={chosen} />
            ) : (
              <NodeRows rows={rows} />
            )}
          </div>
        </>
      )}
    </PageFrame>
  );
}
