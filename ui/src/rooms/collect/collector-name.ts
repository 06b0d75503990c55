/** A collector by its machine and process; one that no longer runs has only its id. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";

export function useCollectorName(): (id: string | null) => string {
  const t = useT();
  const running = useGet("targets", "/collectors").data?.items;
  return (id) => {
    if (id === null) return "–";
    const found = running?.find((collector) => collector.id === id);
    if (found) return t("target.collectedBy", { host: found.host, pid: found.pid });
    return running ? t("target.collectorGone") : "–";
  };
}
