/** The form of an account. A role is given with where it holds. */
import { Button, Checkbox, Form, Input, Select } from "antd";
import { useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { Account, Role, RoleScope } from "@/api/types";
import { useT } from "@/language";
import { saving } from "@/parts/form-dialog";
import { toast } from "@/parts/toast";
import { KeepsTyped } from "@/parts/unsaved";
import { EVERYTHING, ScopeFields } from "./scope-fields";
import "./access.css";

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

/** Why a role that the account has reaches nothing; rows keep the place that they began with. */
const lostOf = (account: Account | undefined, key: number) => {
  const given = account?.roles[key];
  return given && { where: given.scope.where, problem: given.problem };
};

/** What was wrong with the role of a row. */
const refusedIn = (problem: Problem | null, row: number): string | undefined =>
  problem?.problems.find((each) => each.field === "roles" && each.row === row + 1)?.message;

function RolesField({
  roles,
  account,
  problem,
}: {
  roles: readonly Role[];
  account: Account | undefined;
  problem: Problem | null;
}) {
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
                <Form.Item name={[row.name, "scope"]} noStyle>
                  <ScopeFields
                    lost={lostOf(account, row.key)}
                    refused={refusedIn(problem, row.name)}
                  />
                </Form.Item>
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

const whole = ({ role, scope }: Given): Given => ({ role, scope });

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
      <RolesField roles={roles} account={account} problem={save.error} />
      <Form.Item name="active" valuePropName="checked">
        <Checkbox>{t("person.active")}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("word.save")}
      </Button>
    </Form>
  );
}
