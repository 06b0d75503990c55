/** One IP network: where it lies, who is in it, what is free, what is wrong. */
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Address, AddressRange, Network, NetworkDetail } from "@/api/types";
import { useT } from "@/language";
import { List } from "@/parts/list/list";
import type { Column } from "@/parts/list/types";
import { Glyph } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Failed, Waiting } from "@/parts/states";
import { AddressMark } from "./address-state";
import { Utilisation } from "./network-columns";
import { NetworkGrid } from "./network-grid";
import { TakeAddress } from "./network-take";

function Troubles({ of }: { of: NetworkDetail }) {
  const t = useT();
  if (of.troubles.length === 0)
    return (
      <p className="muted">
        <Glyph shape="check" tone="green" /> {t("network.noTroubles")}
      </p>
    );
  return (
    <ul className="network-troubles">
      {of.troubles.map((each, number) => (
        <li key={number} data-trouble={each.finding}>
          <Glyph shape="triangle" tone="red" /> <code>{each.address}</code> {each.text}{" "}
          {each.items.map((item) => (
            <Link key={item.id} to={`/items/${item.id}`}>
              {item.name}
            </Link>
          ))}
        </li>
      ))}
      {of.more_troubles > 0 ? <li>{t("network.moreBelow", { n: of.more_troubles })}</li> : null}
    </ul>
  );
}

function Ranges({ of, none, more = 0 }: { of: AddressRange[]; none: string; more?: number }) {
  const t = useT();
  if (of.length === 0) return <p className="muted">{none}</p>;
  return (
    <ul className="network-ranges">
      {of.map((each, number) => (
        <li key={number}>
          <code>{each.first === each.last ? each.first : `${each.first} – ${each.last}`}</code>
          {each.count === null ? null : (
            <small className="muted">{t("network.addressesN", { n: each.count })}</small>
          )}
          {each.item?.id ? (
            <Link to={`/items/${each.item.id}`}>{each.item.name}</Link>
          ) : (
            each.item?.name
          )}
        </li>
      ))}
      {more > 0 ? <li className="muted">{t("network.moreBelow", { n: more })}</li> : null}
    </ul>
  );
}

function Around({ of }: { of: Network[] }) {
  const t = useT();
  return (
    <ul className="network-ranges">
      {of.map((each) => (
        <li key={each.id}>
          <Link to={`/networks/${each.id}`}>
            {each.name} <code>{each.prefix}</code>
          </Link>
          <Utilisation network={each} t={t} />
        </li>
      ))}
    </ul>
  );
}

function useAddressColumns(): Column<Address>[] {
  const t = useT();
  return [
    {
      key: "address",
      label: t("network.address"),
      sort: "address",
      width: 240,
      render: (row) => <code>{row.last ? `${row.address} – ${row.last}` : row.address}</code>,
    },
    {
      key: "state",
      label: t("network.state"),
      width: 150,
      render: (row) => <AddressMark state={row.state} />,
    },
    { key: "item", label: t("network.item"), render: (row) => row.item.name },
    {
      key: "attribute_label",
      label: t("network.attribute"),
      render: (row) => row.attribute_label ?? "–",
    },
    { key: "network", label: t("network.prefix"), render: (row) => row.network?.name ?? "–" },
  ];
}

function Addresses({ network }: { network: string }) {
  const t = useT();
  return (
    <List
      spec={{
        inside: true,
        exported: true,
        page: "network-addresses",
        topic: "items",
        path: "/networks/{network_id}/addresses",
        blanks: { network_id: network },
        rowKey: (row) => `${row.address} ${row.item.id} ${row.attribute}`,
        href: (row) => (row.item.id ? `/items/${row.item.id}` : `/networks/${network}`),
        columns: useAddressColumns(),
        card: (row) => (
          <>
            <span className="card-row">
              <code>{row.last ? `${row.address} – ${row.last}` : row.address}</code>
              <span className="spring" />
              <AddressMark state={row.state} />
            </span>
            <span className="card-title">{row.item.name}</span>
          </>
        ),
        empty: { title: t("network.noAddresses"), hint: t("network.noAddressesHint") },
      }}
    />
  );
}

function Body({ of }: { of: NetworkDetail }) {
  const t = useT();
  const phone = usePhone();
  const may = useMay("cmdb.write");
  const [taking, setTaking] = useState<string | null | undefined>();
  const { network, free } = of;
  const [next] = free.addresses;
  return (
    <>
      <section className="panel network-panel network-facts">
        <Utilisation network={network} t={t} />
        {may && next ? (
          <button
            type="button"
            className="button primary"
            data-act="take"
            onClick={() => {
              setTaking(null);
            }}
          >
            {t("network.next", { address: next })}
          </button>
        ) : (
          <span className="muted">
            {next ? t("network.next", { address: next }) : t("network.noFree")}
          </span>
        )}
      </section>
      <section className="panel network-panel">
        <h2>{t("network.troubles")}</h2>
        <Troubles of={of} />
      </section>
      {phone ? null : (
        <section className="panel network-panel">
          <h2>{t("network.map")}</h2>
          <NetworkGrid network={network.id} take={may ? setTaking : undefined} />
        </section>
      )}
      {of.below.length > 0 ? (
        <section className="panel network-panel">
          <h2>{t("network.below")}</h2>
          <Around of={of.below} />
          {of.more_below > 0 ? t("network.moreBelow", { n: of.more_below }) : null}
        </section>
      ) : null}
      <div className="network-pair">
        <section className="panel network-panel">
          <h2>{t("network.freeRanges")}</h2>
          <Ranges of={free.ranges} none={t("network.noFree")} more={free.more_ranges} />
        </section>
        <section className="panel network-panel">
          <h2>{t("network.reservedRanges")}</h2>
          <Ranges of={of.reserved} none="–" />
        </section>
      </div>
      <h2>{t("network.addresses")}</h2>
      <Addresses network={network.id} />
      {taking === undefined ? null : (
        <TakeAddress
          network={of}
          address={taking}
          onClose={() => {
            setTaking(undefined);
          }}
        />
      )}
    </>
  );
}

export default function NetworkPage() {
  const t = useT();
  const { id = "" } = useParams();
  const { data, error, refetch } = useGet("items", "/networks/{network_id}", {
    path: { network_id: id },
  });
  if (!data)
    return (
      <PageFrame heading=" " ready={error !== null}>
        {error ? <Failed problem={error} again={() => void refetch()} /> : <Waiting lines={6} />}
      </PageFrame>
    );
  const { network } = data;
  return (
    <PageFrame
      title={network.name}
      ready
      actions={
        <Link className="button" to={`/items/${network.id}`}>
          {t("network.item")}
        </Link>
      }
      lead={
        <span className="network-lead">
          {data.above.map((each) => (
            <span key={each.id}>
              <Link to={`/networks/${each.id}`}>{each.prefix}</Link> ›
            </span>
          ))}
          <code>{network.prefix}</code>
          {network.space ? <span>{network.space.name}</span> : null}
        </span>
      }
    >
      <Body key={network.id} of={data} />
    </PageFrame>
  );
}
