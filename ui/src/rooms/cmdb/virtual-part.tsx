/** An item in the picture of a cluster or a cloud, and how much of something is given out. */
import { Link } from "react-router";
import type { PicturePart } from "@/api/types";
import { useT } from "@/language";
import { ConditionMark } from "@/parts/marks";
import "./virtual.css";

/** What is out of reach has neither a page nor a condition. */
export function Part({ part, note }: { part: PicturePart; note?: string }) {
  return (
    <span className="virtual-part" data-condition={part.condition ?? "restricted"}>
      {part.condition && part.condition !== "ok" ? (
        <ConditionMark condition={part.condition} quiet />
      ) : null}
      {part.id ? <Link to={`/items/${part.id}`}>{part.name}</Link> : <span>{part.name}</span>}
      {note ? <small className="soft">{note}</small> : null}
    </span>
  );
}

export function Parts({ title, parts }: { title: string; parts: readonly PicturePart[] }) {
  if (parts.length === 0) return null;
  return (
    <section className="card virtual-parts">
      <h2>
        {title} <small className="muted">{parts.length}</small>
      </h2>
      <ul>
        {parts.map((part) => (
          <li key={part.id}>
            <Part part={part} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A bar that is full where all is given out, and says so in numbers. */
export function Bar({ label, told, part }: { label: string; told: string; part: number }) {
  return (
    <div className="virtual-bar">
      <span>
        {label} <b>{told}</b>
      </span>
      <meter min={0} max={1} high={0.9} value={Math.min(part, 1)} aria-label={`${label} ${told}`} />
    </div>
  );
}

export function Beyond({ beyond, left }: { beyond: boolean; left: number }) {
  const t = useT();
  return (
    <>
      {beyond ? <p className="soft">{t("virtual.beyond")}</p> : null}
      {left > 0 ? <p className="soft">{t("virtual.leftOut", { n: left })}</p> : null}
    </>
  );
}
