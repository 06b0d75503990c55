/** The page that says what to do about an alert, as its rule names it. */
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import { useT } from "@/language";

export function RunbookFact({ address }: { address: string }) {
  const t = useT();
  if (!/^https?:\/\//i.test(address)) return null;
  return (
    <div>
      <dt>{t("alert.runbook")}</dt>
      <dd data-field="runbook">
        <a href={address} target="_blank" rel="noopener noreferrer">
          {address}
        </a>
      </dd>
    </div>
  );
}

/** The same on another page, for who may read the alert. */
export function RunbookOfAlert({ alert }: { alert: string }) {
  const may = useMay("alerts.read");
  return may ? <RunbookAsked alert={alert} /> : null;
}

function RunbookAsked({ alert }: { alert: string }) {
  const { data } = useGet("alerts", "/alerts/{alert_id}", { path: { alert_id: alert } });
  return <RunbookFact address={data?.runbook_url ?? ""} />;
}
