/** 数据质量: what is out of order among the items, each finding with its list and its mending. */
import { Select } from "antd";
import { Link, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Finding } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { List } from "@/parts/list/list";
import { Glyph } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { RefSelect } from "@/parts/ref-select";
import { Failed, Waiting } from "@/parts/states";
import { ItemCard, itemColumns } from "./columns";
import { CommonValues } from "./common-values";
import { MergeSeveral } from "./merge-items";
import { MendOne, MendSeveral } from "./mending";
import "./care.css";

const PERIODS = [90, 180, 365, 730];
const USUAL = 180;

/** Part of a whole, never rounded to nothing or to all. */
export function shareOf(count: number, of: number): string {
  const percent = (100 * count) / of;
  if (count > 0 && percent < 1) return "<1";
  return String(count < of ? Math.min(Math.round(percent), 99) : Math.round(percent));
}

function useAsked() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string | null): void => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next, { replace: true });
  };
  const days = Number(params.get("days")) || USUAL;
  return { finding: params.get("finding"), days, system: params.get("system"), set };
}

/** To a finding, with the period and the system that are chosen. */
const to = (finding: string | null, days: number, system: string | null): string => {
  const query = new URLSearchParams();
  if (finding) query.set("finding", finding);
  if (days !== USUAL) query.set("days", String(days));
  if (system) query.set("system", system);
  return `/data-quality?${query.toString()}`;
};

function Card({ each, href }: { each: Finding; href: string }) {
  const t = useT();
  const calm = each.count === 0;
  return (
    <Link className="finding panel" to={href} data-finding={each.name} data-count={each.count}>
      <span className="finding-head">
        <Glyph shape={calm ? "check" : "triangle"} tone={calm ? "green" : "yellow"} />
        <b>{each.label}</b>
      </span>
      <span className="finding-count">
        <b>{each.count}</b>
        <small className="muted">
          {each.of === 0
            ? t("care.nothing")
            : `${t("care.ofItems", { of: each.of })} · ${
                calm ? t("care.none") : t("care.share", { percent: shareOf(each.count, each.of) })
              }`}
        </small>
      </span>
      <small className="muted">{each.meaning}</small>
    </Link>
  );
}

/** Findings of which each row says why: with whom it is alike, what ends and when. */
const TOLD: ReadonlySet<string> = new Set(["alike", "expiring", "unfit"]);

function Because({ told }: { told: string[] }) {
  return told.map((each) => (
    <div key={each} data-field="because">
      {each}
    </div>
  ));
}

function FoundItems({ finding, days }: { finding: Finding; days: number }) {
  const t = useT();
  const may = useMay("cmdb.write");
  const { mending, name } = finding;
  const acts = {
    key: "mend",
    label: "",
    export: false as const,
    width: 120,
    render: (row: { id: string }) => <MendOne item={row.id} mending={mending} />,
  };
  const why = {
    key: "because",
    label: t("care.because"),
    width: 240,
    export: false as const,
    render: (row: { because?: string[] }) => <Because told={row.because ?? []} />,
  };
  return (
    <List
      spec={{
        inside: true,
        page: `data-quality-${name}`,
        topic: "items",
        path: "/items",
        fixed: { finding: name, days },
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [
          ...itemColumns(t).filter(({ key }) => !TOLD.has(name) || key !== "layer"),
          ...(TOLD.has(name) ? [why] : []),
          ...(may ? [acts] : []),
        ],
        card: (row) => (
          <>
            <ItemCard row={row} />
            <Because told={row.because ?? []} />
            {may ? <MendOne item={row.id} mending={mending} /> : null}
          </>
        ),
        filters: [
          { name: "system", label: t("item.systems"), remote: "systems" },
          {
            name: "class",
            label: t("item.importance"),
            options: ["A", "B", "C"].map((value) => ({ value, label: value })),
          },
        ],
        choosing: may
          ? {
              nameOf: (row) => row.name,
              most: 1000,
              acts: (chosen, letGo) => (
                <>
                  {finding.name === "alike" ? <MergeSeveral items={chosen} letGo={letGo} /> : null}
                  <MendSeveral items={chosen} mending={mending} letGo={letGo} />
                </>
              ),
            }
          : undefined,
        empty: { title: t("care.empty"), hint: t("care.emptyHint") },
      }}
    />
  );
}

function Narrowing() {
  const t = useT();
  const { days, system, set } = useAsked();
  return (
    <>
      <RefSelect
        of="systems"
        value={system}
        allowClear
        className="finding-system"
        placeholder={t("item.systems")}
        aria-label={t("item.systems")}
        onChange={(value) => {
          set("system", value);
        }}
      />
      <Select
        value={days}
        aria-label={t("care.days")}
        data-field="days"
        options={[...new Set([...PERIODS, days])].map((value) => ({
          value,
          label: `${t("care.days")} ${t("care.daysOf", { n: value })}`,
        }))}
        onChange={(value) => {
          set("days", value === USUAL ? null : String(value));
        }}
      />
    </>
  );
}

export default function DataQualityPage() {
  const t = useT();
  const { finding, days, system } = useAsked();
  const { data, error, refetch } = useGet("items", "/data-quality", {
    query: { days, ...(system ? { system: [system] } : {}) },
  });
  const open = data?.findings.find(({ name }) => name === finding);
  const lead = data ? t("care.counted", { time: fullTime(data.at) }) : "";
  if (open)
    return (
      <PageFrame
        title={open.label}
        ready
        lead={`${open.meaning} ${open.count} / ${open.of} · ${lead}`}
        actions={
          <Link className="button" to={to(null, days, system)}>
            {t("care.back")}
          </Link>
        }
      >
        {open.name === "common-value" && open.count > 0 ? <CommonValues /> : null}
        <FoundItems key={open.name} finding={open} days={days} />
      </PageFrame>
    );
  return (
    <PageFrame ready={data !== undefined || error !== null} lead={lead} actions={<Narrowing />}>
      <p className="muted">{t("care.lead")}</p>
      {data ? (
        <div className="findings">
          {data.findings.map((each) => (
            <Card key={each.name} each={each} href={to(each.name, days, system)} />
          ))}
        </div>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={8} />
      )}
    </PageFrame>
  );
}
