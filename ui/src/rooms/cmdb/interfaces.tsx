/** All interfaces between systems, each with who provides and who consumes it. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { attributeColumn } from "./attribute-columns";
import { InterfaceCard, interfaceColumns, interfaceFilters } from "./interface-columns";
import { attributesOf } from "./marked-attributes";
import "./interface.css";

/** What makes a thing stand in this list. */
const ROLE = "interface";

export default function InterfacesPage() {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const names = types.filter(({ roles }) => roles.includes(ROLE)).map(({ name }) => name);
  const attributes = attributesOf(types, names);
  return (
    <ListPage
      actions={
        <Link className="button" to="/interface-map">
          {t("interface.map")}
        </Link>
      }
      spec={{
        page: "interfaces",
        topic: "items",
        path: "/interfaces",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [...interfaceColumns(t), ...attributes.map(attributeColumn)],
        filters: interfaceFilters(t),
        card: (row) => <InterfaceCard row={row} t={t} />,
        empty: { title: t("interface.none"), hint: t("interface.noneHint") },
      }}
    />
  );
}
