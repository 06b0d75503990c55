/** The frame of the pages in front of the shell. */
import type { FormEvent, ReactNode } from "react";
import { chooseLanguage, useLanguage, useT } from "@/language";
import { ThemeSwitch } from "@/shell/header";
import "./door.css";

interface Props {
  title: string;
  hint?: string;
  refusal: string;
  onSubmit: (event: FormEvent) => void;
  children: ReactNode;
}

export function Door({ title, hint, refusal, onSubmit, children }: Props) {
  const t = useT();
  const other = useLanguage() === "en" ? "zh-CN" : "en";
  return (
    <main className="door">
      <div className="door-tools">
        <button
          type="button"
          className="button button-quiet"
          data-act="language"
          onClick={() => {
            chooseLanguage(other);
          }}
        >
          {other === "en" ? "English" : "中文"}
        </button>
        <ThemeSwitch />
      </div>
      <form className="door-card" onSubmit={onSubmit} aria-label={title}>
        <div className="door-brand">
          <img src="/mark.svg" width={44} height={44} alt="" />
          <div>
            <strong>
              查房 <span>Wardround</span>
            </strong>
            <p>{t("signIn.tagline")}</p>
          </div>
        </div>
        {hint ? (
          <div className="door-hint">
            <h1>{title}</h1>
            <p>{hint}</p>
          </div>
        ) : (
          <h1 className="visually-hidden">{title}</h1>
        )}
        {children}
        <p className="door-refusal" role="alert">
          {refusal}
        </p>
      </form>
      <svg className="door-pulse" viewBox="0 0 1200 120" preserveAspectRatio="none" aria-hidden>
        <path
          d="M0 70h300l22-34 26 60 30-82 26 74 18-18h240l18-26 22 44 24-60 22 52 14-10h438"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    </main>
  );
}
