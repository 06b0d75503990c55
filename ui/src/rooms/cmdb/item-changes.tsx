/** What changed of an item: fields and relations by the names that people know them by. */
import { Button } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Change, Item } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { List } from "@/parts/list/list";
import { At } from "@/parts/time";
import { plainValue, Restricted } from "@/parts/value";
import { TakeBack } from "./take-back";

const OWN: Record<string, TextKey> = {
  created: "item.created",
  retired: "item.retired",
  deleted: "recycle.wasDeleted",
  merged: "merge.was",
  type: "item.type",
  name: "item.name",
  importance: "item.importance",
  owner: "item.owner",
  vendor: "item.vendor",
  confirmed: "care.confirm",
  file: "document.title",
};

/** A field as it is stored (`name`, `attributes.memory`, `relation.runs-on`) in the reader's words. */
export function useFieldNames(item: Item): (field: string) => string {
  const t = useT();
  const types = useGet("definitions", "/item-types", {
    query: { retired: item.type_retired },
  }).data?.items;
  const kinds = useGet("definitions", "/relation-kinds").data?.items;
  const attributes = types?.find((type) => type.name === item.type)?.attributes;
  return (field) => {
    const own = OWN[field];
    if (own) return t(own);
    const [group, ...rest] = field.split(".");
    const name = rest.join(".");
    const known = group === "relation" ? kinds : attributes;
    const label = known?.find((declared) => declared.name === name)?.label ?? name;
    return group === "relation" ? `${t("item.relation")} ${label}` : label;
  };
}

const DETAILS: Record<string, TextKey> = {
  group: "relation.group",
  need: "relation.need",
  standby: "relation.standby",
  switch_minutes: "relation.switchMinutes",
};
const WORDS: Record<string, TextKey> = { hot: "relation.hot", cold: "relation.cold" };

/** A relation is told by the other end's name, and what else is said of it. */
export function useTold(): (value: unknown) => string {
  const t = useT();
  return (value) => {
    if (typeof value !== "object" || value === null || !("name" in value)) return plainValue(value);
    const said = Object.entries(value).flatMap(([detail, given]) => {
      const label = DETAILS[detail];
      const word = WORDS[String(given)];
      return label ? [`${t(label)} ${word ? t(word) : plainValue(given)}`] : [];
    });
    return [plainValue(value.name), ...said].join(" · ");
  };
}

/** Why somebody changed it; the ticket is found by whoever may see it. */
function WhyOf({ change }: { change: Change }) {
  if (!change.reason && !change.ticket) return null;
  return (
    <span className="card-note">
      {change.ticket ? (
        <Link className="tap mono" to={`/tickets?q=${encodeURIComponent(change.ticket)}&open=`}>
          {change.ticket}
        </Link>
      ) : null}{" "}
      {change.reason}
    </span>
  );
}

export function ItemChanges({ item }: { item: Item }) {
  const t = useT();
  const named = useFieldNames(item);
  const told = useTold();
  const may = useMay("cmdb.write");
  /** With those that were chosen when it was said, whatever the list does meanwhile. */
  const [taking, setTaking] = useState<readonly Change[] | null>(null);
  const release = useRef<() => void>(() => undefined);
  return (
    <>
      <List
        spec={{
          inside: true,
          page: "item-changes",
          topic: "items",
          path: "/items/{item_id}/changes",
          blanks: { item_id: item.id },
          rowKey: (row) => String(row.id),
          searchable: false,
          columns: [
            { key: "at", label: t("item.when"), width: 120, render: (row) => <At at={row.at} /> },
            { key: "actor", label: t("item.who"), width: 120, render: (row) => row.actor.name },
            { key: "field", label: t("item.field"), width: 180, render: (row) => named(row.field) },
            {
              key: "old",
              label: t("item.before"),
              render: (row) =>
                row.restricted ? <Restricted /> : <span className="muted">{told(row.old)}</span>,
            },
            {
              key: "new",
              label: t("item.after"),
              render: (row) => (row.restricted ? <Restricted /> : told(row.new)),
            },
            {
              key: "why",
              label: t("item.why"),
              width: 180,
              render: (row) => <WhyOf change={row} />,
            },
          ],
          card: (row: Change) => (
            <>
              <span className="card-row card-note">
                {row.actor.name}
                <span className="spring" />
                <At at={row.at} />
              </span>
              <span>
                {named(row.field)}:{" "}
                {row.restricted ? <Restricted /> : `${told(row.old)} → ${told(row.new)}`}
              </span>
              <WhyOf change={row} />
            </>
          ),
          choosing: may
            ? {
                nameOf: (row) => `${named(row.field)} ${told(row.new)}`,
                most: 500,
                acts: (chosen, letGo) =>
                  chosen.length > 0 ? (
                    <Button
                      type="primary"
                      data-mend="take-back"
                      onClick={() => {
                        release.current = () => {
                          letGo(chosen.map(({ id }) => String(id)));
                        };
                        setTaking(chosen);
                      }}
                    >
                      {t("care.takeBack")}
                    </Button>
                  ) : null,
              }
            : undefined,
          empty: { title: t("item.noChanges"), hint: "" },
        }}
      />
      {taking ? (
        <TakeBack
          item={item}
          changes={taking}
          named={named}
          onClose={() => {
            setTaking(null);
          }}
          onDone={() => {
            setTaking(null);
            release.current();
          }}
        />
      ) : null}
    </>
  );
}
