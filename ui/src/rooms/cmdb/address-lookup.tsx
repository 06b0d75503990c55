/** An address by its number: the smallest network that holds it, and who has it. */
import { Input } from "antd";
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { AddressPlace } from "@/api/types";
import { useT } from "@/language";
import { Failed } from "@/parts/states";
import { AddressMark } from "./address-state";
import "./network.css";

/** What is looked for stands in the address, so that it can be sent to somebody. */
const NAME = "find";

function Place({ place }: { place: AddressPlace }) {
  const t = useT();
  return (
    <li>
      <span className="lookup-way">
        {place.space ? <b>{place.space.name}</b> : null}
        {place.networks.map((network) => (
          <Link key={network.id} to={`/networks/${network.id}`}>
            {network.name} <code>{network.prefix}</code>
          </Link>
        ))}
        <AddressMark state={place.state} />
      </span>
      {place.holders.length === 0 ? <span className="muted">{t("network.nobody")}</span> : null}
      {place.holders.map((holder, number) => (
        <span key={number} className="lookup-holder">
          {holder.item.id ? (
            <Link to={`/items/${holder.item.id}`}>{holder.item.name}</Link>
          ) : (
            holder.item.name
          )}
          <small className="muted">{holder.attribute_label}</small>
        </span>
      ))}
    </li>
  );
}

function Found({ at }: { at: string }) {
  const { data, error } = useGet("items", "/addresses", { query: { at } });
  if (error) return <Failed problem={error} />;
  if (!data) return null;
  return (
    <section className="panel lookup" data-found={data.address}>
      <code>{data.address}</code>
      <ul>
        {data.places.map((place, number) => (
          <Place key={number} place={place} />
        ))}
      </ul>
    </section>
  );
}

export function AddressLookup() {
  const t = useT();
  const [params, setParams] = useSearchParams();
  const at = params.get(NAME) ?? "";
  return (
    <>
      <Input.Search
        className="lookup-field"
        defaultValue={at}
        allowClear
        aria-label={t("network.lookup")}
        placeholder={t("network.lookupHint")}
        enterButton={t("network.lookup")}
        onSearch={(text) => {
          const next = new URLSearchParams(params);
          if (text.trim()) next.set(NAME, text.trim());
          else next.delete(NAME);
          setParams(next, { replace: true });
        }}
      />
      {at ? <Found at={at} /> : null}
    </>
  );
}
