/** Networks in lists: a tree by indentation, each with how much of it is used. */
import { Link } from "react-router";
import type { Network } from "@/api/types";
import type { Translate } from "@/language";
import type { Column, Filter, FilterName } from "@/parts/list/types";
import { itemColumns } from "./columns";
import { shareOf } from "./data-quality";
import "./network.css";

const DEEPEST = 6;

/** From so much on a network is nearly full. */
const NEARLY = 0.9;

/** A number as people read it; what is beyond counting as a power of two. */
export const usableOf = (network: Network, t: Translate): string =>
  network.usable === null
    ? t("network.powers", { bits: network.host_bits })
    : network.usable.toLocaleString();

const percentOf = (network: Network): string =>
  network.usable === null ? "" : ` · ${shareOf(network.used, network.usable)}%`;

/** A bar, with the figures in words beside it. */
export function Utilisation({ network, t }: { network: Network; t: Translate }) {
  const part = Math.min(network.share, 1) * 100;
  const held = network.usable && network.reserved ? (network.reserved / network.usable) * 100 : 0;
  return (
    <span className="utilisation">
      <span className="utilisation-bar" aria-hidden>
        <span
          className={network.share >= NEARLY ? "utilisation-full" : "utilisation-used"}
          style={{ width: `${part}%` }}
        />
        <span className="utilisation-reserved" style={{ width: `${held}%` }} />
      </span>
      <span className="nowrap">
        {t("network.usedOf", { used: network.used, usable: usableOf(network, t) })}
        {percentOf(network)}
      </span>
    </span>
  );
}

export const networkColumns = (t: Translate): Column<Network>[] => [
  {
    key: "prefix",
    label: t("network.prefix"),
    sort: "place",
    width: 240,
    render: (row) => (
      <span style={{ paddingInlineStart: Math.min(row.depth, DEEPEST) * 18 }}>
        <code>{row.prefix}</code>
        {row.space ? <small className="muted"> {row.space.name}</small> : null}
      </span>
    ),
  },
  ...(itemColumns(t).filter(({ key }) => key === "name") as Column<Network>[]),
  {
    key: "used",
    label: t("network.used"),
    sort: "share",
    width: 300,
    render: (row) => <Utilisation network={row} t={t} />,
  },
  {
    key: "free",
    label: t("network.free"),
    right: true,
    render: (row) => row.free?.toLocaleString() ?? t("network.powers", { bits: row.host_bits }),
  },
  {
    key: "covered",
    label: t("network.covered"),
    sort: "covered",
    right: true,
    render: (row) => (row.children > 0 ? `${shareOf(row.covered, 1)}%` : "–"),
  },
  {
    key: "reserved",
    label: t("network.reserved"),
    hidden: true,
    right: true,
    render: (row) => row.reserved?.toLocaleString() ?? "–",
  },
  {
    key: "parent",
    label: t("network.parent"),
    hidden: true,
    render: (row) =>
      row.parent ? <Link to={`/networks/${row.parent.id}`}>{row.parent.name}</Link> : "–",
  },
  {
    key: "space",
    label: t("network.space"),
    hidden: true,
    render: (row) => row.space?.name ?? t("network.spaceCommon"),
  },
  ...(itemColumns(t)
    .filter(({ key }) => ["owner", "updated_at"].includes(key))
    .map((column) => ({ ...column, hidden: true })) as Column<Network>[]),
];

export const networkFilters = (t: Translate): Filter<FilterName<"/networks">>[] => [
  { name: "at", label: t("network.at"), text: true },
  {
    name: "top",
    label: t("network.top"),
    options: [{ value: "true", label: t("word.yes") }],
    single: true,
  },
  {
    name: "version",
    label: t("network.version"),
    options: ["4", "6"].map((value) => ({ value, label: `IPv${value}` })),
    single: true,
  },
  {
    name: "full",
    label: t("network.full"),
    options: ["50", "80", "90"].map((value) => ({
      value,
      label: t("network.percent", { n: value }),
    })),
    single: true,
  },
];

export function NetworkCard({ row, t }: { row: Network; t: Translate }) {
  return (
    <>
      <span className="card-row">
        <code>{row.prefix}</code>
        <span className="spring" />
        <span className="card-note">{row.parent ? `↳ ${row.parent.name}` : null}</span>
      </span>
      <span className="card-title">{row.name}</span>
      <Utilisation network={row} t={t} />
    </>
  );
}
