/** The tree from left to right: gates, what is below them, and on the phone the same as a list. */
import { useLayoutEffect, useRef } from "react";
import { Link } from "react-router";
import type { TreePart } from "@/api/types";
import { useT } from "@/language";
import { BOX, inOrder, sizeOf, spotOf, wayOf } from "./fault-tree-model";
import { gateOf, nameOf, OccursMark, sentenceOf } from "./fault-tree-words";

interface Props {
  parts: readonly TreePart[];
}

function Box({ part }: { part: TreePart }) {
  const t = useT();
  const { x, y } = spotOf(part);
  const gate = gateOf(t, part);
  const name = nameOf(t, part);
  return (
    <div
      id={`part-${part.id}`}
      className={`tree-box${part.occurs ? " tree-occurs" : ""}${part.same === null ? "" : " tree-again"}`}
      style={{ left: x, top: y, width: BOX.width, height: BOX.height }}
      title={`${name} · ${sentenceOf(t, part)}`}
      data-kind={part.kind ?? "hidden"}
    >
      {gate ? <b className="tree-gate">{gate}</b> : null}
      <span className="tree-name">
        {part.part.item ? <Link to={`/items/${part.part.item.id}`}>{name}</Link> : name}
      </span>
      {part.same === null ? null : (
        <a className="tree-jump" href={`#part-${part.same}`}>
          {t("tree.again")}
        </a>
      )}
      {part.minutes === null ? null : (
        <small className="muted">{t("tree.minutes", { n: part.minutes })}</small>
      )}
      {part.cut ? <small className="muted">{t("tree.cutHere")}</small> : null}
      <OccursMark part={part} />
    </div>
  );
}

export function TreePicture({ parts }: Props) {
  const t = useT();
  const { width, height } = sizeOf(parts);
  const places = new Map(parts.map((part) => [part.id, spotOf(part)]));
  const room = useRef<HTMLElement>(null);
  const top = parts.find((part) => part.above === null);
  const middle = top === undefined ? 0 : spotOf(top).y + BOX.height / 2;
  useLayoutEffect(() => {
    const shown = room.current; // what the tree is of stands half way down a high sheet
    if (shown) shown.scrollTop = middle - shown.clientHeight / 2;
  }, [middle]);
  return (
    <section ref={room} className="panel tree-room" tabIndex={0} aria-label={t("tree.open")}>
      <div className="tree-sheet" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {parts.map((part) => {
            const above = part.above === null ? undefined : places.get(part.above);
            return above ? (
              <path
                key={part.id}
                className={part.occurs ? "tree-way tree-way-occurs" : "tree-way"}
                d={wayOf(above, spotOf(part))}
              />
            ) : null;
          })}
        </svg>
        {parts.map((part) => (
          <Box key={part.id} part={part} />
        ))}
      </div>
    </section>
  );
}

const DEEPEST = 6;

export function TreeList({ parts }: Props) {
  const t = useT();
  return (
    <ul className="card tree-list" aria-label={t("tree.open")}>
      {inOrder(parts).map((part) => (
        <li key={part.id} style={{ paddingInlineStart: Math.min(part.layer, DEEPEST) * 14 }}>
          {part.part.item ? (
            <Link className="tree-line" to={`/items/${part.part.item.id}`}>
              {nameOf(t, part)}
            </Link>
          ) : (
            <span className="tree-line">{nameOf(t, part)}</span>
          )}
          <small className="muted">{sentenceOf(t, part)}</small>
          <OccursMark part={part} />
        </li>
      ))}
    </ul>
  );
}
