/** How a part of a fault tree is said: in a box, in a line, with what it is like now. */
import type { TreePart } from "@/api/types";
import type { Translate } from "@/language";
import { useT } from "@/language";
import { Glyph, SERVICES } from "@/parts/marks";

export function nameOf(t: Translate, { part }: TreePart): string {
  const name = part.item?.name ?? t("impact.restricted", { layer: part.layer_label });
  return part.group ? t("impact.groupOf", { name }) : name;
}

/** The gate in a word; nothing of an event, and of what is out of reach. */
export function gateOf(t: Translate, { kind, fail, of }: TreePart): string {
  if (kind === "or" || kind === "and") return t(`tree.${kind}`);
  return kind === "vote" && fail !== null && of !== null ? t("tree.vote", { fail, of }) : "";
}

export function sentenceOf(t: Translate, part: TreePart): string {
  const { kind, fail, of, minutes } = part;
  const said = [
    kind === "event" ? t("tree.event") : "",
    kind === "or" ? t("tree.orLong") : "",
    kind === "and" ? t("tree.andLong") : "",
    kind === "vote" && fail !== null && of !== null ? t("tree.voteLong", { fail, of }) : "",
    minutes === null ? "" : t("tree.minutes", { n: minutes }),
    part.same === null ? "" : t("tree.again"),
    part.cut ? t("tree.cutHere") : "",
  ];
  return said.filter(Boolean).join(" · ");
}

/** That it has come about by what is measured now: shape, word and colour. */
export function OccursMark({ part }: { part: TreePart }) {
  const t = useT();
  if (!part.occurs) return null;
  const { shape, tone } = SERVICES.down;
  return (
    <span className={`mark mark-quiet tone-${tone}`} data-occurs="">
      <Glyph shape={shape} size="0.85em" />
      <span>{t(part.kind === "event" ? "tree.failed" : "tree.occurs")}</span>
    </span>
  );
}
