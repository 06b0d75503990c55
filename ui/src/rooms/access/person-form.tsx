/** The form of an account. A role is given over everything, or over chosen systems and organisations. */
import { Button, Checkbox, Form, Input, Select } from "antd";
import { useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { Account, Role, RoleScope } from "@/api/types";
import { useT } from "@/language";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import "./access.css";
import { KeepsTyped } from "@/parts/unsaved";

interface Given {
  role: string;
  scope: RoleScope;
}
interface Entered {
  user_name: string;
  display_name: string;
  email?: string;
  phone?: string;
  active: boolean;
  roles?: Given[];
}

const EVERYTHING: RoleScope = { everything: true, systems: [], organisations: [] };

function ScopeFields({ place }: { place: number }) {
  const t = useT();
  const systems = useGet("board", "/boards/systems").data?.items ?? [];
  const organisations =
    useGet("items", "/items", { query: { role: ["organisation"], limit: 500 } }).data?.items ?? [];
  const whole = Form.useWatch<boolean | undefined>(["roles", place, "scope", "everything"]);
  return (
    <>
      <Form.Item name={[place, "scope", "everything"]} valuePropName="checked" noStyle>
        <Checkbox>{t("person.everything")}</Checkbox>
      </Form.Item>
      {whole ? null : (
        <div className="scope">
          <Form.Item name={[place, "scope", "systems"]} noStyle initialValue={[]}>
            <Select
              mode="multiple"
              placeholder={t("person.systems")}
              aria-label={t("person.systems")}
              showSearch={{ optionFilterProp: "label" }}
              options={systems.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </Form.Item>
          <Form.Item name={[place, "scope", "organisations"]} noStyle initialValue={[]}>
            <Select
              mode="multiple"
              placeholder={t("person.organisations")}
              aria-label={t("person.organisations")}
              showSearch={{ optionFilterProp: "label" }}
              options={organisations.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </Form.Item>
        </div>
      )}
    </>
  );
}

function RolesField({ roles }: { roles: readonly Role[] }) {
  const t = useT();
  return (
    <Form.Item label={t("person.roles")}>
      <Form.List name="roles">
        {(rows, { add, remove }) => (
          <div className="given-roles">
            {rows.map((row) => (
              <div key={row.key} className="given-role">
                <Form.Item
                  name={[row.name, "role"]}
                  noStyle
                  rules={[
                    { required: true, message: t("form.missing", { label: t("person.roles") }) },
                  ]}
                >
                  <Select
                    options={roles.map((role) => ({ value: role.name, label: role.label }))}
                    placeholder={t("word.choose")}
                    className="role-select"
                    aria-label={t("person.roles")}
                  />
                </Form.Item>
                <ScopeFields place={row.name} />
                <Button
                  type="text"
                  danger
                  onClick={() => {
                    remove(row.name);
                  }}
                >
                  {t("word.remove")}
                </Button>
              </div>
            ))}
            <Button
              type="dashed"
              onClick={() => {
                add({ role: undefined, scope: EVERYTHING });
              }}
            >
              {t("person.addRole")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

/** Scopes whose lists are hidden come back without them. */
const whole = (given: Given): Given => ({
  role: given.role,
  scope: { ...EVERYTHING, ...given.scope },
});

export function PersonForm({
  account,
  roles,
}: {
  account: Account | undefined;
  roles: readonly Role[];
}) {
  const t = useT();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const save = useSend(
    (entered: Entered) => {
      const body = { ...entered, roles: (entered.roles ?? []).map(whole) };
      return account
        ? answered(
            api.PATCH("/accounts/{account_id}", {
              params: { path: { account_id: account.id } },
              body,
            }),
          )
        : answered(api.POST("/accounts", { body }));
    },
    ["access"],
  );
  const submit = saving({
    form,
    save,
    onSaved: (saved) => {
      toast(t("word.saved"));
      if (!account) void go(`/people/${saved.id}`);
    },
  });
  const initial = account ?? { active: true, roles: [] };
  return (
    <Form
      form={form}
      layout="vertical"
      className="card person-form"
      initialValues={initial}
      onFinish={submit}
    >
      <KeepsTyped />
      <div className="form-pair">
        <Form.Item
          name="user_name"
          label={t("person.userName")}
          rules={[{ required: true, message: t("form.missing", { label: t("person.userName") }) }]}
        >
          <Input className="mono" autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="display_name"
          label={t("person.displayName")}
          rules={[
            { required: true, message: t("form.missing", { label: t("person.displayName") }) },
          ]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="phone" label={t("person.phone")}>
          <Input type="tel" />
        </Form.Item>
        <Form.Item name="email" label={t("person.email")}>
          <Input type="email" />
        </Form.Item>
      </div>
      <RolesField roles={roles} />
      <Form.Item name="active" valuePropName="checked">
        <Checkbox>{t("person.active")}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("word.save")}
      </Button>
    </Form>
  );
}
