/** Turn the second factor on (with a code to scan, drawn here) and off. */
import { Button, Input, QRCode } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import { loadSession } from "@/api/session";
import type { TotpOffer } from "@/api/types";
import { useT } from "@/language";
import { Secret } from "@/parts/secret";
import { toast } from "@/parts/toast";

interface Proof {
  password: string;
  code?: string;
}

/** Who asks proves to be the owner: an open page alone must not change the lock of an account. */
function ProofForm({
  withCode,
  act,
  busy,
  refusal,
  onProof,
  onCancel,
}: {
  /** A second factor is in force, so one of its codes is asked for too. */
  withCode: boolean;
  act: string;
  busy: boolean;
  refusal: string;
  onProof: (proof: Proof) => void;
  onCancel: () => void;
}) {
  const t = useT();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  return (
    <form
      className="stack proof"
      onSubmit={(event) => {
        event.preventDefault();
        onProof(withCode ? { password, code } : { password });
      }}
    >
      <label className="stack">
        {t("account.proofPassword")}
        <Input.Password
          autoFocus
          required
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => {
            setPassword(target.value);
          }}
        />
      </label>
      {withCode ? (
        <label className="stack">
          {t("account.proofCode")}
          <Input
            required
            autoComplete="one-time-code"
            value={code}
            onChange={({ target }) => {
              setCode(target.value);
            }}
          />
        </label>
      ) : null}
      {refusal ? (
        <p className="refused" role="alert">
          {refusal}
        </p>
      ) : null}
      <div className="card-row">
        <Button htmlType="submit" type="primary" loading={busy}>
          {act}
        </Button>
        <Button onClick={onCancel}>{t("word.cancel")}</Button>
      </div>
    </form>
  );
}

export function SecondFactor({ on }: { on: boolean }) {
  const t = useT();
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [asking, setAsking] = useState<"start" | "stop" | null>(null);
  const [refusal, setRefusal] = useState("");
  const [codes, setCodes] = useState<readonly string[]>([]);
  const start = useSend((proof: Proof) => answered(api.POST("/me/totp", { body: proof })), []);
  const confirm = useSend(
    (code: string) => answered(api.POST("/me/totp/confirm", { body: { code } })),
    [],
  );
  const stop = useSend((proof: Proof) => answered(api.DELETE("/me/totp", { body: proof })), []);
  const ask = (what: "start" | "stop" | null): void => {
    setRefusal("");
    setAsking(what);
  };
  const refused = (problem: Error): void => {
    setRefusal(problem instanceof Problem ? problem.message : String(problem));
  };
  const confirmed = (answer: { recovery_codes: string[] }): void => {
    setOffer(null);
    setCodes(answer.recovery_codes);
    toast(t("account.totpDone"));
    void loadSession();
  };
  const proved = (proof: Proof): void => {
    setRefusal("");
    if (asking === "start")
      start.mutate(proof, {
        onSuccess: (given) => {
          ask(null);
          setOffer(given);
        },
        onError: refused,
      });
    else
      stop.mutate(proof, {
        onSuccess: () => {
          ask(null);
          setCodes([]);
          toast(t("account.totpStopped"));
          void loadSession();
        },
        onError: refused,
      });
  };
  return (
    <section className="card stack">
      <h2>{t("account.secondFactor")}</h2>
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
            <label className="stack">
              {t("account.totpConfirm")}
              <Input.OTP
                length={6}
                formatter={(text) => text.replace(/\D/g, "")}
                disabled={confirm.isPending}
                onChange={(code) => {
                  confirm.mutate(code, {
                    onSuccess: confirmed,
                    onError: (problem) => {
                      toast(problem.message, "failed");
                    },
                  });
                }}
                aria-label={t("account.totpConfirm")}
              />
            </label>
          </div>
        </div>
      ) : null}
      {asking ? (
        <ProofForm
          key={asking}
          withCode={on}
          act={t(
            asking === "stop"
              ? "account.totpStop"
              : on
                ? "account.totpReplace"
                : "account.totpStart",
          )}
          busy={start.isPending || stop.isPending}
          refusal={refusal}
          onProof={proved}
          onCancel={() => {
            ask(null);
          }}
        />
      ) : null}
      {asking || offer ? null : (
        <div className="card-row">
          <Button
            onClick={() => {
              ask("start");
            }}
          >
            {t(on ? "account.totpReplace" : "account.totpStart")}
          </Button>
          {on ? (
            <Button
              danger
              onClick={() => {
                ask("stop");
              }}
            >
              {t("account.totpStop")}
            </Button>
          ) : null}
        </div>
      )}
    </section>
  );
}
