/** Sign-in: user name and password, then the second factor where the account has one. */
import { useState, type FormEvent } from "react";
import { Navigate, useSearchParams } from "react-router";
import { Problem } from "@/api/problem";
import { signIn, useSession } from "@/api/session";
import { useT } from "@/language";
import { useTitle } from "@/parts/page";
import { usePageTitle } from "@/parts/page-entry";
import { useReady } from "@/parts/ready";
import { Door } from "./door";

/** Only an address of this site: never a foreign one handed in by a link. */
export const safeNext = (next: string | null): string =>
  next && /^\/(?![/\\])/.test(next) ? next : "/";

export default function SignInPage() {
  const t = useT();
  const [params] = useSearchParams();
  const session = useSession();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const title = usePageTitle();
  useTitle(title);
  useReady(true);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefusal("");
    try {
      await signIn(user, password, second ? code : undefined);
    } catch (reason) {
      if (!(reason instanceof Problem)) throw reason;
      const asks = reason.code === "second_factor_needed";
      setSecond(second || asks);
      setRefusal(asks && !second ? "" : reason.message);
      setCode("");
    } finally {
      setBusy(false);
    }
  };

  if (session)
    return (
      <Navigate
        to={session.must_change_password ? "/change-password" : safeNext(params.get("next"))}
        replace
      />
    );
  return (
    <Door title={title} refusal={refusal} onSubmit={(event) => void submit(event)}>
      {second ? (
        <label>
          {t("signIn.code")}
          <input
            className="input door-code"
            name="code"
            autoComplete="one-time-code"
            maxLength={32}
            required
            autoFocus
            value={code}
            onChange={(event) => {
              setCode(event.target.value);
            }}
          />
          <small>{t("signIn.codeHint")}</small>
        </label>
      ) : (
        <>
          <label>
            {t("signIn.user")}
            <input
              className="input"
              name="user_name"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              autoFocus
              value={user}
              onChange={(event) => {
                setUser(event.target.value);
              }}
            />
          </label>
          <label>
            {t("signIn.password")}
            <input
              className="input"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => {
                setPassword(event.target.value);
              }}
            />
          </label>
        </>
      )}
      <button type="submit" className="button button-main" disabled={busy}>
        {t(busy ? "signIn.working" : "signIn.submit")}
      </button>
      {second ? (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => {
            setSecond(false);
            setRefusal("");
          }}
        >
          {t("signIn.other")}
        </button>
      ) : null}
    </Door>
  );
}
