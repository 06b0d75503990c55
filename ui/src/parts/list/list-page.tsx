/** A page that is one list. */
import type { ReactNode } from "react";
import { useTitle } from "@/parts/page";
import { List } from "./list";
import type { ListSpec } from "./types";

interface Props<T> {
  title: string;
  actions?: ReactNode;
  before?: ReactNode;
  spec: ListSpec<T>;
}

export function ListPage<T>({ title, actions, before, spec }: Props<T>) {
  useTitle(title);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-titles">
          <h1>{title}</h1>
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {before}
      <List<T> spec={spec} />
    </div>
  );
}
