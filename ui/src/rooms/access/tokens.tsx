/** One's own API tokens; a new one is shown once. */
import { Button, Form, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay, useSession } from "@/api/session";
import type { Token } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { saving } from "@/parts/form-dialog";
import { ListPage } from "@/parts/list/list-page";
import { between } from "@/parts/names";
import { now } from "@/parts/now";
import { Secret } from "@/parts/secret";
import { Ago, At } from "@/parts/time";
import { toast } from "@/parts/toast";
import { KeepsTyped, useClosing } from "@/parts/unsaved";

interface Entered {
  name: string;
  days: number;
  permissions?: string[];
}

/** What permissions are called, for who may read that; by their keys else. */
function usePermissionNames(): (key: string) => string {
  const may = useMay("access.read");
  const known = useGet("access", "/permissions", {}, { enabled: may }).data?.items ?? [];
  const labels = new Map(known.map(({ key, label }) => [key, label]));
  return (key) => labels.get(key) ?? key;
}

const DAY_MS = 86_400_000;

function NewToken({ onClose }: { onClose: () => void }) {
  const t = useT();
  const held = useSession()?.permissions ?? [];
  const called = usePermissionNames();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const [made, setMade] = useState<string | null>(null);
  const add = useSend(
    ({ name, days, permissions }: Entered) => {
      const chosen = permissions && permissions.length > 0 ? permissions : null;
      const expires_at = new Date(now() + days * DAY_MS).toISOString();
      return answered(api.POST("/me/tokens", { body: { name, permissions: chosen, expires_at } }));
    },
    ["access"],
  );
  const submit = saving({
    form,
    save: add,
    onSaved: (token) => {
      setMade(token.token);
    },
  });
  if (made !== null) {
    return (
      <Modal
        open
        title={t("token.once")}
        footer={
          <Button type="primary" onClick={onClose}>
            {t("word.close")}
          </Button>
        }
        onCancel={onClose}
      >
        <Secret text={made} name="token" />
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={t("token.create")}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={add.isPending}
    >
      <Form form={form} layout="vertical" onFinish={submit} initialValues={{ days: 90 }}>
        <KeepsTyped />
        <Form.Item
          name="name"
          label={t("token.name")}
          rules={[{ required: true, message: t("form.missing", { label: t("token.name") }) }]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item required name="days" label={t("token.validFor")}>
          <Segmented
            options={[30, 90, 365].map((n) => ({ value: n, label: t("token.days", { n }) }))}
          />
        </Form.Item>
        <Form.Item name="permissions" label={t("token.permissions")}>
          <Select
            mode="multiple"
            placeholder={t("token.allMine")}
            showSearch={{ optionFilterProp: "label" }}
            options={held.map((key) => ({ value: key, label: called(key) }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export default function TokensPage() {
  const t = useT();
  const [adding, setAdding] = useState(false);
  const revoke = useSend(
    (token_id: string) =>
      answered(api.DELETE("/me/tokens/{token_id}", { params: { path: { token_id } } })),
    ["access"],
  );
  const drop = (id: string): void => {
    revoke.mutate(id, {
      onSuccess: () => {
        toast(t("token.revoked"));
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  const button = (row: Token) => (
    <Confirmed
      small
      ask={t("token.revokeAsk", { name: row.name })}
      onYes={() => {
        drop(row.id);
      }}
    >
      {t("token.revoke")}
    </Confirmed>
  );
  const called = usePermissionNames();
  const rights = (row: Token): string =>
    row.permissions?.map(called).join(between()) ?? t("token.allMine");
  return (
    <>
      <ListPage
        actions={
          <Button
            type="primary"
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("token.create")}
          </Button>
        }
        spec={{
          page: "tokens",
          topic: "access",
          path: "/me/tokens",
          rowKey: (row) => row.id,
          columns: [
            {
              key: "name",
              sort: "name",
              label: t("token.name"),
              render: (row) => <b>{row.name}</b>,
            },
            { key: "permissions", label: t("token.permissions"), render: rights },
            {
              key: "created_at",
              sort: "created_at",
              label: t("token.created"),
              width: 120,
              render: (row) => <At at={row.created_at} />,
            },
            {
              key: "expires_at",
              sort: "expires_at",
              label: t("token.expires"),
              width: 120,
              render: (row) => <At at={row.expires_at} />,
            },
            {
              key: "last_used_at",
              sort: "last_used_at",
              label: t("token.lastUsed"),
              width: 120,
              render: (row) => <Ago at={row.last_used_at} />,
            },
            {
              key: "act",
              export: false,
              label: t("word.acts"),
              width: 80,
              right: true,
              render: button,
            },
          ],
          card: (row) => (
            <>
              <span className="card-row">
                <span className="card-title">{row.name}</span>
                <span className="spring" />
                {button(row)}
              </span>
              <span className="card-note">
                {t("token.expires")} <At at={row.expires_at} />
              </span>
            </>
          ),
          empty: { title: t("token.empty"), hint: t("token.emptyHint") },
        }}
      />
      {adding ? (
        <NewToken
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
