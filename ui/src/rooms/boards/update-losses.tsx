/** What updates of the product took from what lives here: nobody was asked, so it is told. */
import { Link } from "react-router";
import { useMay } from "@/api/session";
import { useT } from "@/language";

export function UpdateLosses({ updates }: { updates: number }) {
  const t = useT();
  const may = useMay("access.audit");
  if (updates === 0) return null;
  return (
    <p className="muted" role="note">
      {t("board.updateLosses", { n: updates })}{" "}
      {may ? <Link to="/audit?action=pack.lose">{t("board.whatWasLost")}</Link> : null}
    </p>
  );
}
