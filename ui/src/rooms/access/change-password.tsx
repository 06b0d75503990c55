/** An initial password must be changed before anything else. */
import { useState, type FormEvent } from "react";
import { Navigate } from "react-router";
import { answered, api } from "@/api/client";
import { Problem } from "@/api/problem";
import { loadSession, useSession } from "@/api/session";
import { useT } from "@/language";
import { useTitle } from "@/parts/page";
import { usePageTitle } from "@/parts/page-entry";
import { useReady } from "@/parts/ready";
import { Door } from "./door";

export default function ChangePasswordPage() {
  const t = useT();
  const session = useSession();
  const [values, setValues] = useState({ old: "", fresh: "", again: "" });
  const [refusal, setRefusal] = useState("");
  const [busy, setBusy] = useState(false);
  const title = usePageTitle();
  useTitle(title);
  useReady(session !== undefined);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (values.fresh !== values.again) {
      setRefusal(t("signIn.differ"));
      return;
    }
    setBusy(true);
    try {
      const body = { old: values.old, new: values.fresh };
      await answered(api.POST("/session/password", { body }));
      await loadSession();
    } catch (reason) {
      if (!(reason instanceof Problem)) throw reason;
      setRefusal(reason.problems[0]?.message ?? reason.message);
    } finally {
      setBusy(false);
    }
  };

  if (session === null) return <Navigate to="/sign-in" replace />;
  if (session && !session.must_change_password) return <Navigate to="/" replace />;
  return (
    <Door
      title={title}
      hint={t("signIn.changeHint")}
      refusal={refusal}
      onSubmit={(event) => void submit(event)}
    >
      {(["old", "fresh", "again"] as const).map((name) => (
        <label key={name}>
          {t(`signIn.${name}`)}
          <input
            className="input"
            type="password"
            name={name}
            required
            autoFocus={name === "old"}
            autoComplete={name === "old" ? "current-password" : "new-password"}
            value={values[name]}
            onChange={(event) => {
              setValues({ ...values, [name]: event.target.value });
            }}
          />
        </label>
      ))}
      <button type="submit" className="button button-main" disabled={busy}>
        {t("signIn.change")}
      </button>
    </Door>
  );
}
