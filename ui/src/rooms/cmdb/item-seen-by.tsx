/** Who can see an item, and why: through which role, and what that role is given over. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Item, Seer } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { List } from "@/parts/list/list";
import { YesNo } from "@/parts/marks";
import { between } from "@/parts/names";

const THROUGH: readonly [Seer["reasons"][number]["through"], TextKey][] = [
  ["everything", "seenBy.everything"],
  ["system", "seenBy.system"],
  ["organisation", "seenBy.organisation"],
  ["expression", "seenBy.expression"],
];

function Why({ seer }: { seer: Seer }) {
  const t = useT();
  return (
    <ul className="plain-list">
      {seer.reasons.map(({ role, label, through, what, expression }) => (
        <li key={`${role} ${through} ${what?.id ?? expression}`}>
          {label} ·{" "}
          {what ? (
            <>
              {t(through === "system" ? "seenBy.system" : "seenBy.organisation")}{" "}
              {what.id ? <Link to={`/items/${what.id}`}>{what.name}</Link> : what.name}
            </>
          ) : expression ? (
            <>
              {t("seenBy.expression")} <code>{expression}</code>
            </>
          ) : (
            t("seenBy.everything")
          )}
        </li>
      ))}
    </ul>
  );
}

function Attributes({ seer }: { seer: Seer }) {
  const t = useT();
  if (seer.sees.length === 0 && seer.misses.length === 0) return <>–</>;
  return (
    <>
      {seer.sees.length > 0 ? (
        <div>
          {t("seenBy.sees")} {seer.sees.join(between())}
        </div>
      ) : null}
      {seer.misses.length > 0 ? (
        <div className="muted">
          {t("seenBy.misses")} {seer.misses.join(between())}
        </div>
      ) : null}
    </>
  );
}

function Name({ seer }: { seer: Seer }) {
  const t = useT();
  return (
    <>
      <Link to={`/people/${seer.account}`}>{seer.name}</Link>
      {seer.token ? (
        <div className="muted">
          {t("seenBy.token")} {seer.token}
        </div>
      ) : null}
    </>
  );
}

export function ItemSeenBy({ item }: { item: Item }) {
  const t = useT();
  const roles = useGet("access", "/roles").data?.items ?? [];
  const types = useGet("definitions", "/item-types", {
    query: { retired: item.type_retired },
  }).data?.items;
  const restricted = (types?.find(({ name }) => name === item.type)?.attributes ?? []).filter(
    ({ seen_by }) => seen_by.length > 0,
  );
  const yesOrNo = [
    { value: "true", label: t("word.yes") },
    { value: "false", label: t("word.no") },
  ];
  return (
    <>
      <p className="soft">{t("seenBy.lead")}</p>
      <List
        spec={{
          inside: true,
          exported: true,
          page: "item-seen-by",
          topic: "access",
          path: "/items/{item_id}/seen-by",
          blanks: { item_id: item.id },
          rowKey: (row) => `${row.account} ${row.token}`,
          columns: [
            {
              key: "name",
              label: t("person.displayName"),
              sort: "name",
              render: (row) => <Name seer={row} />,
            },
            {
              key: "user_name",
              label: t("person.userName"),
              sort: "user_name",
              render: (row) => <code>{row.user_name}</code>,
            },
            {
              key: "why",
              label: t("seenBy.why"),
              sort: "why",
              render: (row) => <Why seer={row} />,
            },
            {
              key: "sees",
              label: t("seenBy.restricted"),
              sort: "sees",
              render: (row) => <Attributes seer={row} />,
            },
            {
              key: "changes",
              label: t("seenBy.changes"),
              sort: "changes",
              width: 110,
              render: (row) => <YesNo value={row.changes} />,
            },
          ],
          filters: [
            {
              name: "role",
              label: t("person.roles"),
              options: roles.map(({ name, label }) => ({ value: name, label })),
            },
            {
              name: "through",
              label: t("seenBy.through"),
              options: THROUGH.map(([value, word]) => ({ value, label: t(word) })),
            },
            ...(restricted.length > 0
              ? [
                  {
                    name: "attribute" as const,
                    label: t("seenBy.seesAttribute"),
                    options: restricted.map(({ name, label }) => ({ value: name, label })),
                  },
                ]
              : []),
            { name: "token", label: t("seenBy.byToken"), single: true, options: yesOrNo },
            { name: "changes", label: t("seenBy.changes"), single: true, options: yesOrNo },
          ],
          card: (row) => (
            <>
              <span className="card-row">
                <Name seer={row} />
                <span className="spring" />
                <code>{row.user_name}</code>
              </span>
              <Why seer={row} />
              <span className="card-note">
                <Attributes seer={row} />
              </span>
            </>
          ),
          empty: { title: t("seenBy.empty"), hint: t("seenBy.emptyHint") },
        }}
      />
    </>
  );
}
