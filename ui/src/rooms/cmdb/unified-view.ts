/** Where one is in the unified view; it stands in the address, and Back climbs up. */
import { useSearchParams } from "react-router";
import type { Where, ZoneView } from "@/api/types";
import type { Translate } from "@/language";

export interface UnifiedPlace {
  /** The id of a zone; `nowhere` for what lies in none. */
  zone: string | null;
  type: string | null;
  system: string | null;
  node: string | null;
}

const PARTS = ["zone", "type", "system", "node"] as const;

/** The address of a place, for links. */
export function addressOf(place: Partial<UnifiedPlace>): string {
  const params = new URLSearchParams();
  for (const part of PARTS) {
    const value = place[part];
    if (value) params.set(part, value);
  }
  const query = params.toString();
  return `/unified-view${query ? `?${query}` : ""}`;
}

export function useUnifiedPlace() {
  const [params, setParams] = useSearchParams();
  const place: UnifiedPlace = {
    zone: params.get("zone"),
    type: params.get("type"),
    system: params.get("system"),
    node: params.get("node"),
  };
  /** A node is looked at, and not gone to. */
  const look = (node: string | null): void => {
    setParams(
      (now) => {
        if (node === null) now.delete("node");
        else now.set("node", node);
        return now;
      },
      { replace: true },
    );
  };
  return { place, look };
}

/** How a zone stands in the address; one out of reach cannot be gone to. */
export const zoneKey = (where: Where): string | null =>
  where.area === "nowhere" ? "nowhere" : (where.zone?.id ?? null);

export const zoneName = (t: Translate, where: Where): string =>
  where.zone?.name ?? t(where.area === "nowhere" ? "unified.nowhere" : "unified.restricted");

/** Layer by layer, what of which type lies in a zone. */
export function layersOf(zone: ZoneView): [string, ZoneView["types"]][] {
  const layers = new Map<string, ZoneView["types"]>();
  for (const row of zone.types)
    layers.set(row.layer_label, [...(layers.get(row.layer_label) ?? []), row]);
  return [...layers];
}
