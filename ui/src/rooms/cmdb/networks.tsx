/** IP networks as a tree with how much of each is used, and a field to find an address. */
import { useGet } from "@/api/queries";
import { useT } from "@/language";
import { ListPage } from "@/parts/list/list-page";
import { AddressLookup } from "./address-lookup";
import { attributeColumn } from "./attribute-columns";
import { attributesOf } from "./marked-attributes";
import { NetworkCard, networkColumns, networkFilters } from "./network-columns";

/** What makes a thing stand in this list. */
const ROLE = "network";

export default function NetworksPage() {
  const t = useT();
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const names = types.filter(({ roles }) => roles.includes(ROLE)).map(({ name }) => name);
  const attributes = attributesOf(types, names).filter(({ type }) => type !== "network");
  return (
    <ListPage
      before={<AddressLookup />}
      spec={{
        page: "networks",
        topic: "items",
        path: "/networks",
        rowKey: (row) => row.id,
        href: (row) => `/networks/${row.id}`,
        columns: [...networkColumns(t), ...attributes.map(attributeColumn)],
        filters: networkFilters(t),
        card: (row) => <NetworkCard row={row} t={t} />,
        empty: { title: t("network.none"), hint: t("network.noneHint") },
      }}
    />
  );
}
