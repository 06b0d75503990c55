/** Open alerts that no row of the definitions takes: without this line nobody would know of them. */
import { useT } from "@/language";

export function Untaken({ alerts }: { alerts: number }) {
  const t = useT();
  if (alerts === 0) return null;
  return (
    <p className="untaken" role="status">
      ▲ {t("board.untaken", { n: alerts })}
    </p>
  );
}
