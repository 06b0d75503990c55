/** Everybody who may sign in. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Account } from "@/api/types";
import { useT } from "@/language";
import { shortTime } from "@/language/format";
import { Icon } from "@/parts/icon";
import { ListPage } from "@/parts/list/list-page";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { Ago } from "@/parts/time";
import { between } from "@/parts/names";

export function AccountState({ account }: { account: Account }) {
  const t = useT();
  const locked = account.locked_until !== null && account.locked_until !== undefined;
  const sign = locked ? CONDITIONS.warning : account.active ? CONDITIONS.ok : CONDITIONS.unknown;
  const word = locked
    ? t("person.lockedUntil", { time: shortTime(account.locked_until ?? "") })
    : t(account.active ? "person.active" : "person.disabled");
  return (
    <span className={`mark mark-quiet tone-${sign.tone}`}>
      <Glyph shape={sign.shape} size="0.85em" />
      {word}
    </span>
  );
}

export default function PeoplePage() {
  const t = useT();
  const may = useMay("access.manage");
  const roles = useGet("access", "/roles").data?.items ?? [];
  const labels = new Map(roles.map((role) => [role.name, role.label]));
  const rolesOf = (account: Account): string =>
    account.roles.map(({ role }) => labels.get(role) ?? role).join(between()) || t("person.noRole");
  return (
    <ListPage
      actions={
        may ? (
          <Link className="button button-main" to="/people/new">
            <Icon name="newTicket" size={16} />
            {t("person.create")}
          </Link>
        ) : null
      }
      spec={{
        page: "accounts",
        topic: "access",
        path: "/accounts",
        rowKey: (row) => row.id,
        href: (row) => `/people/${row.id}`,
        columns: [
          {
            key: "display_name",
            label: t("person.displayName"),
            sort: "display_name",
            render: (row) => row.display_name || row.user_name,
          },
          {
            key: "user_name",
            label: t("person.userName"),
            sort: "user_name",
            render: (row) => <code>{row.user_name}</code>,
          },
          { key: "roles", label: t("person.roles"), render: (row) => rolesOf(row) },
          {
            key: "active",
            label: t("person.state"),
            width: 160,
            render: (row) => <AccountState account={row} />,
          },
          { key: "phone", label: t("person.phone"), width: 130, render: (row) => row.phone || "–" },
          {
            key: "email",
            label: t("person.email"),
            hidden: true,
            render: (row) => row.email || "–",
          },
          {
            key: "last_seen_at",
            label: t("person.lastSeen"),
            width: 120,
            render: (row) => <Ago at={row.last_seen_at} />,
          },
        ],
        filters: [
          {
            name: "role",
            label: t("person.roles"),
            options: roles.map((role) => ({ value: role.name, label: role.label })),
          },
          {
            name: "active",
            label: t("person.state"),
            single: true,
            options: [
              { value: "true", label: t("person.active") },
              { value: "false", label: t("person.disabled") },
            ],
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <span className="card-title">{row.display_name || row.user_name}</span>
              <span className="spring" />
              <AccountState account={row} />
            </span>
            <span className="card-note">
              {rolesOf(row)} · {row.phone}
            </span>
          </>
        ),
        empty: { title: t("person.empty"), hint: t("person.emptyHint") },
      }}
    />
  );
}
