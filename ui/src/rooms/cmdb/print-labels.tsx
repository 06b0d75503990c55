/** The way from chosen items to their labels. */
import { Link } from "react-router";
import type { Item } from "@/api/types";
import { useT } from "@/language";

/** The items as an expression of the list, so that the page of labels has an address. */
export const asked = (items: readonly Pick<Item, "key">[]): string =>
  `key in [${items.map(({ key }) => JSON.stringify(key)).join(", ")}]`;

export function PrintLabels({ items }: { items: readonly Item[] }) {
  const t = useT();
  return (
    <Link
      className="button"
      data-act="labels"
      to={`/labels?where=${encodeURIComponent(asked(items))}`}
    >
      {t("label.print")}
    </Link>
  );
}
