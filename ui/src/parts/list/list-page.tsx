/** A page that is one list, under the title that the page declares. */
import type { ReactNode } from "react";
import type { ListPath } from "@/api/paths";
import { useTitle } from "@/parts/page";
import { usePageTitle } from "@/parts/page-entry";
import { List } from "./list";
import type { ListSpec } from "./types";

interface Props<Path extends ListPath> {
  actions?: ReactNode;
  before?: ReactNode;
  spec: ListSpec<Path>;
}

export function ListPage<Path extends ListPath>({ actions, before, spec }: Props<Path>) {
  const title = usePageTitle();
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
      <List spec={spec} />
    </div>
  );
}
