/** Nothing there, or it could not be read: each says what to do next. */
import type { ReactNode } from "react";
import type { Problem } from "@/api/problem";
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

interface FailedProps {
  problem: { message: string; status?: number; problems?: Problem["problems"] };
  again?: () => void;
  /** What else may help. */
  action?: ReactNode;
  /** What a field is called; by its own name, unless told. */
  called?: (field: string) => string;
}

/** Trying again is offered where it may help. */
export function Failed({ problem, again, action, called = (field) => field }: FailedProps) {
  const t = useT();
  const gone = problem.status === 404;
  return (
    <div className={gone ? "state" : "state state-failed"} role="alert">
      <Icon name={gone ? "search" : "alerts"} size={30} />
      <p className="state-title">{t(gone ? "problem.gone" : "problem.title")}</p>
      <p>{problem.message}</p>
      {(problem.problems ?? [])
        .filter(({ message }) => message !== problem.message)
        .map(({ field, message }) => (
          <p key={field}>
            <b>{called(field.replace(/\.\d+$/, ""))}</b> {message}
          </p>
        ))}
      {again && !gone ? (
        <button type="button" className="button" onClick={again}>
          {t("word.retry")}
        </button>
      ) : null}
      {action}
    </div>
  );
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  const t = useT();
  return (
    <div
      style={{ display: "grid", gap: 10 }}
      role="status"
      aria-busy
      aria-label={t("word.loading")}
    >
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
