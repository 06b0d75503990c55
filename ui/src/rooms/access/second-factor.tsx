/** Turn the second factor on (with a code to scan, drawn here) and off. */
import { Button, Input, QRCode } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { loadSession } from "@/api/session";
import type { TotpOffer } from "@/api/types";
import { useT } from "@/language";
import { Secret } from "@/parts/secret";
import { YesNo } from "@/parts/marks";
import { toast } from "@/parts/toast";

function CodeEntry({
  label,
  busy,
  onCode,
}: {
  label: string;
  busy: boolean;
  onCode: (code: string) => void;
}) {
  const t = useT();
  return (
    <label className="stack">
      {t("account.totpConfirm")}
      <Input.OTP
        length={6}
        formatter={(text) => text.replace(/\D/g, "")}
        disabled={busy}
        onChange={onCode}
        aria-label={label}
      />
    </label>
  );
}

export function SecondFactor({ on }: { on: boolean }) {
  const t = useT();
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [stopping, setStopping] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const failed = (problem: Error): void => {
    toast(problem.message, "failed");
  };
  const start = useSend(() => answered(api.POST("/me/totp")), []);
  const confirm = useSend(
    (code: string) => answered(api.POST("/me/totp/confirm", { body: { code } })),
    [],
  );
  const stop = useSend((code: string) => answered(api.DELETE("/me/totp", { body: { code } })), []);
  const confirmed = (answer: { recovery_codes: string[] }): void => {
    setOffer(null);
    setCodes(answer.recovery_codes);
    toast(t("account.totpDone"));
    void loadSession();
  };
  const stopped = (): void => {
    setStopping(false);
    toast(t("account.totpStopped"));
    void loadSession();
  };
  return (
    <section className="card stack">
      <h2>
        {t("account.secondFactor")} <YesNo value={on} />
      </h2>
      {codes.length > 0 ? (
        <>
          <p>{t("account.recovery")}</p>
          <div className="recovery">
            {codes.map((code) => (
              <code key={code}>{code}</code>
            ))}
          </div>
        </>
      ) : null}
      <p className="soft">{t(on ? "account.totpOn" : "account.totpOff")}</p>
      {offer ? (
        <div className="qr">
          <QRCode value={offer.otpauth_url} size={168} color="#000000" bgColor="#ffffff" />
          <div className="stack">
            <p>{t("account.totpScan")}</p>
            <Secret text={offer.secret} name="totp" />
            <CodeEntry
              label={t("account.totpConfirm")}
              busy={confirm.isPending}
              onCode={(code) => {
                confirm.mutate(code, { onSuccess: confirmed, onError: failed });
              }}
            />
          </div>
        </div>
      ) : null}
      {!on && !offer ? (
        <div>
          <Button
            onClick={() => {
              start.mutate(undefined, { onSuccess: setOffer, onError: failed });
            }}
            loading={start.isPending}
          >
            {t("account.totpStart")}
          </Button>
        </div>
      ) : null}
      {on && !stopping ? (
        <div>
          <Button
            danger
            onClick={() => {
              setStopping(true);
            }}
          >
            {t("account.totpStop")}
          </Button>
        </div>
      ) : null}
      {stopping ? (
        <CodeEntry
          label={t("account.totpStop")}
          busy={stop.isPending}
          onCode={(code) => {
            stop.mutate(code, { onSuccess: stopped, onError: failed });
          }}
        />
      ) : null}
    </section>
  );
}
