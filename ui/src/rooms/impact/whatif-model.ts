/** What is asked as the address says it, and what comes of it in groups. */
import type { WhatIf, WhatIfAsked } from "@/api/types";

export const KINDS = ["failed", "within", "kept-by", "where"] as const;
export type Kind = (typeof KINDS)[number];
export const GROUPS = ["down", "switching", "degraded", "unprotected"] as const;
export type Group = (typeof GROUPS)[number];
export type Hit = WhatIf["services"][number];

/** The address holds the choice, so that it can be sent. */
export function askedOf(params: URLSearchParams): WhatIfAsked {
  const items = (["within", "kept-by"] as const).flatMap((kind) =>
    params.getAll(kind).map((item) => ({ kind, item, where: "" })),
  );
  const wheres = params.getAll("where").map((where) => ({ kind: "where" as const, where }));
  return { failed: params.getAll("failed"), sets: [...items, ...wheres] };
}

export function addressOf(asked: WhatIfAsked): string {
  const params = new URLSearchParams();
  for (const id of asked.failed ?? []) params.append("failed", id);
  for (const set of asked.sets ?? []) {
    params.append(set.kind, set.kind === "where" ? (set.where ?? "") : (set.item ?? ""));
  }
  return `/impact/what-if?${params.toString()}`;
}

const weak = ({ unprotected }: Hit): boolean =>
  unprotected.items.length + unprotected.hidden.length > 0;

/** The gravest word for a system; null where it goes on. */
export function groupOf(hit: Hit): Group | null {
  if (hit.state === "down") return hit.switch_minutes === null ? "down" : "switching";
  if (weak(hit)) return "unprotected";
  return hit.state === "degraded" || hit.state === "standby" ? "degraded" : null;
}

export function grouped(services: readonly Hit[]): Record<Group, Hit[]> {
  const found: Record<Group, Hit[]> = { down: [], switching: [], degraded: [], unprotected: [] };
  for (const hit of services) {
    const group = groupOf(hit);
    if (group) found[group].push(hit);
  }
  return found;
}
