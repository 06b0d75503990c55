/** What every page has: a title in the tab, a heading, and room for its actions. */
import { useEffect, type ReactNode } from "react";
import { useT } from "@/language";
import { usePageTitle } from "./page-entry";
import { useReady } from "./ready";
import "./page.css";

export function useTitle(title: string): void {
  const t = useT();
  useEffect(() => {
    document.title = title ? `${title} · ${t("word.product")}` : t("word.product");
  }, [title, t]);
}

interface Props {
  /** Instead of the title that the page declares: the name of what it shows. */
  title?: string | undefined;
  /** Shown instead of the title text, where the heading carries marks. */
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** The page's data is drawn. */
  ready: boolean;
  children: ReactNode;
}

export function PageFrame({ title, heading, lead, actions, ready, children }: Props) {
  const declared = usePageTitle();
  const name = title ?? declared;
  useTitle(name);
  useReady(ready);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-titles">
          <h1>{heading ?? name}</h1>
          {lead ? <div className="page-lead">{lead}</div> : null}
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}
