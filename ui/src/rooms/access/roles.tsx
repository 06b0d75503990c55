/** Roles as a matrix: permissions down, roles across. Built-in roles are shown and not changed. */
import { Button } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Permission, Role } from "@/api/types";
import { useT, type TextKey } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { PageFrame } from "@/parts/page";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { NewRole } from "./new-role";
import "./access.css";

function Cell({
  role,
  permission,
  may,
  onTurn,
}: {
  role: Role;
  permission: Permission;
  may: boolean;
  onTurn: (held: boolean) => void;
}) {
  const t = useT();
  const held = role.permissions.includes(permission.key);
  if (role.built_in || !may)
    return held ? (
      <>
        <Glyph {...CONDITIONS.ok} />
        <span className="visually-hidden">{t("role.granted")}</span>
      </>
    ) : (
      <span className="muted">·</span>
    );
  return (
    <input
      type="checkbox"
      checked={held}
      aria-label={`${role.label}: ${permission.label}`}
      onChange={(event) => {
        onTurn(event.target.checked);
      }}
    />
  );
}

/** What roles give in vain, as sentences: a permission alone may open nothing. */
function InVain({
  roles,
  permissions,
}: {
  roles: readonly Role[];
  permissions: readonly Permission[];
}) {
  const t = useT();
  const labels = new Map(permissions.map(({ key, label }) => [key, label]));
  const named = (keys: readonly string[]): string =>
    keys.map((key) => labels.get(key) ?? key).join(t("role.and"));
  const lines = roles.flatMap((role) =>
    Object.entries(role.lacking).map(([key, needs]) => ({
      key: `${role.id} ${key}`,
      text: t("role.lacks", { role: role.label, permission: named([key]), needs: named(needs) }),
    })),
  );
  if (lines.length === 0) return null;
  return (
    <div className="card advice" role="note">
      <ul>
        {lines.map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function Head({ role, may }: { role: Role; may: boolean }) {
  const t = useT();
  const drop = useSend(
    () => answered(api.DELETE("/roles/{role_id}", { params: { path: { role_id: role.id } } })),
    ["access"],
  );
  return (
    <th scope="col">
      {role.label}
      <small>{role.built_in ? t("role.builtIn") : role.name}</small>
      {!role.built_in && may ? (
        <Confirmed
          small
          ask={t("role.removeAsk", { name: role.label })}
          onYes={() => {
            drop.mutate(undefined, {
              onError: (problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("word.remove")}
        </Confirmed>
      ) : null}
    </th>
  );
}

function Matrix({
  roles,
  permissions,
}: {
  roles: readonly Role[];
  permissions: readonly Permission[];
}) {
  const t = useT();
  const may = useMay("access.manage");
  const turn = useSend(
    ({ role, keys }: { role: Role; keys: string[] }) =>
      answered(
        api.PATCH("/roles/{role_id}", {
          params: { path: { role_id: role.id } },
          body: { permissions: keys },
        }),
      ),
    ["access"],
  );
  const rooms = [...new Set(permissions.map(({ room }) => room))];
  const set = (role: Role, key: string, held: boolean): void => {
    const keys = held
      ? [...role.permissions, key]
      : role.permissions.filter((other) => other !== key);
    turn.mutate(
      { role, keys },
      {
        onError: (problem) => {
          toast(problem.message, "failed");
        },
      },
    );
  };
  return (
    <div className="panel matrix-box" tabIndex={0} role="group" aria-label={t("shell.scrolls")}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{t("role.permission")}</th>
            {roles.map((role) => (
              <Head key={role.id} role={role} may={may} />
            ))}
          </tr>
        </thead>
        {rooms.map((room) => (
          <tbody key={room}>
            <tr className="matrix-room">
              <th colSpan={roles.length + 1}>{t(`room.${room}` as TextKey)}</th>
            </tr>
            {permissions
              .filter((permission) => permission.room === room)
              .map((permission) => (
                <tr key={permission.key}>
                  <th scope="row">
                    {permission.label}
                    <small className="mono">{permission.key}</small>
                  </th>
                  {roles.map((role) => (
                    <td key={role.id}>
                      <Cell
                        role={role}
                        permission={permission}
                        may={may}
                        onTurn={(held) => {
                          set(role, permission.key, held);
                        }}
                      />
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

export default function RolesPage() {
  const t = useT();
  const may = useMay("access.manage");
  const [adding, setAdding] = useState(false);
  const roles = useGet("access", "/roles");
  const permissions = useGet("access", "/permissions");
  const error = roles.error ?? permissions.error;
  const ready = roles.data !== undefined && permissions.data !== undefined;
  return (
    <PageFrame
      lead={t("role.matrixHint")}
      ready={ready || error !== null}
      actions={
        may ? (
          <Button
            type="primary"
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("role.create")}
          </Button>
        ) : null
      }
    >
      {ready ? (
        <>
          <InVain roles={roles.data.items} permissions={permissions.data.items} />
          <Matrix roles={roles.data.items} permissions={permissions.data.items} />
        </>
      ) : error ? (
        <Failed problem={error} />
      ) : (
        <Waiting lines={8} />
      )}
      {adding ? (
        <NewRole
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </PageFrame>
  );
}
