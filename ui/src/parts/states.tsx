/** Nothing there, or it could not be read: each says what to do next. */
import type { ReactNode } from "react";
import { useT } from "@/language";
import { Icon, type IconName } from "./icon";

interface EmptyProps {
  title: string;
  hint?: string;
  icon?: IconName;
  action?: ReactNode;
}

export function Empty({ title, hint, icon = "check", action }: EmptyProps) {
  return (
    <div className="state">
      <Icon name={icon} size={30} />
      <p className="state-title">{title}</p>
      {hint ? <p>{hint}</p> : null}
      {action}
    </div>
  );
}

export function Failed({ problem, again }: { problem: { message: string }; again?: () => void }) {
  const t = useT();
  return (
    <div className="state state-failed" role="alert">
      <Icon name="alerts" size={30} />
      <p className="state-title">{t("problem.title")}</p>
      <p>{problem.message}</p>
      {again ? (
        <button type="button" className="button" onClick={again}>
          {t("word.retry")}
        </button>
      ) : null}
    </div>
  );
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  const t = useT();
  return (
    <div style={{ display: "grid", gap: 10 }} aria-busy aria-label={t("word.loading")}>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className="skeleton"
          style={{ height: 40, opacity: 1 - line / (lines + 2) }}
        />
      ))}
    </div>
  );
}
