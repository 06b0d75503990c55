/** Addresses of a network one by one, 256 at a time: shape, number and colour say what each is. */
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { AddressCell, AddressState } from "@/api/types";
import { useT } from "@/language";
import { Glyph } from "@/parts/marks";
import { Failed, Waiting } from "@/parts/states";
import { ADDRESS_SIGNS, AddressMark } from "./address-state";

const FIRST = "first";

/** The part of an address that tells it from its neighbours. */
const short = (address: string): string => address.split(/[.:]/).at(-1) || "0";

interface Props {
  network: string;
  /** Nobody may take one without it. */
  take?: ((address: string) => void) | undefined;
}

function Cell({ cell, take }: { cell: AddressCell; take: Props["take"] }) {
  const t = useT();
  const names = cell.items.map(({ name }) => name).join(", ");
  const label = [cell.address, t(`addressState.${cell.state}`), names].filter(Boolean).join(" · ");
  const inside = (
    <>
      <Glyph {...ADDRESS_SIGNS[cell.state]} size={10} />
      <span>{short(cell.address)}</span>
    </>
  );
  const shared = { title: label, "aria-label": label, "data-state": cell.state };
  const [only] = cell.items;
  if (only?.id)
    return (
      <Link {...shared} className="address-cell" to={`/items/${only.id}`}>
        {inside}
      </Link>
    );
  if (cell.state === "free" && take)
    return (
      <button
        {...shared}
        type="button"
        className="address-cell"
        onClick={() => {
          take(cell.address);
        }}
      >
        {inside}
      </button>
    );
  return (
    <span {...shared} role="img" className="address-cell">
      {inside}
    </span>
  );
}

function Legend({ cells }: { cells: readonly AddressCell[] }) {
  const counts = new Map<AddressState, number>();
  for (const { state } of cells) counts.set(state, (counts.get(state) ?? 0) + 1);
  return (
    <p className="address-legend">
      {[...counts].map(([state, number]) => (
        <span key={state}>
          <AddressMark state={state} /> <b>{number}</b>
        </span>
      ))}
    </p>
  );
}

export function NetworkGrid({ network, take }: Props) {
  const t = useT();
  const [params, setParams] = useSearchParams();
  const first = params.get(FIRST);
  const { data, error } = useGet(
    "items",
    "/networks/{network_id}/grid",
    { path: { network_id: network }, query: first ? { first } : {} },
    { keep: true },
  );
  if (error) return <Failed problem={error} />;
  if (!data) return <Waiting lines={6} />;
  const to = (address: string | null, label: string) =>
    address === null ? null : (
      <button
        type="button"
        className="button"
        onClick={() => {
          const next = new URLSearchParams(params);
          next.set(FIRST, address);
          setParams(next, { replace: true });
        }}
      >
        {label}
      </button>
    );
  return (
    <>
      <Legend cells={data.cells} />
      <div className="address-grid" data-cells={data.cells.length}>
        {data.cells.map((cell) => (
          <Cell key={cell.address} cell={cell} take={take} />
        ))}
      </div>
      <p className="address-turn">
        {to(data.before, t("network.before"))}
        <code>
          {data.first} – {data.cells.at(-1)?.address}
        </code>
        {to(data.after, t("network.after"))}
      </p>
    </>
  );
}
