/** One's own account. */
import { Button, Form, Input } from "antd";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { loadSession, useSession } from "@/api/session";
import type { SessionOut } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { saving } from "@/parts/form-dialog";
import { PageFrame } from "@/parts/page";
import { toast } from "@/parts/toast";
import { LanguageSwitch, ThemeSwitch } from "@/shell/header";
import { OwnSessions } from "./own-sessions";
import { SecondFactor } from "./second-factor";
import "./access.css";
import { KeepsTyped } from "@/parts/unsaved";

interface Profile {
  display_name: string;
  phone?: string;
  email?: string;
}
interface Passwords {
  old: string;
  fresh: string;
  again: string;
}

function ProfileCard({ session }: { session: SessionOut }) {
  const t = useT();
  const [form] = Form.useForm<Profile>();
  const save = useSend(
    (profile: Profile) => answered(api.PATCH("/me", { body: profile })),
    ["access"],
  );
  const submit = saving({
    form,
    save,
    onSaved: () => {
      toast(t("word.saved"));
      void loadSession();
    },
  });
  return (
    <section className="card">
      <h2>{t("account.profile")}</h2>
      <Form form={form} layout="vertical" initialValues={session.account} onFinish={submit}>
        <KeepsTyped />
        <Form.Item name="display_name" label={t("person.displayName")}>
          <Input />
        </Form.Item>
        <Form.Item name="phone" label={t("person.phone")}>
          <Input type="tel" autoComplete="tel" />
        </Form.Item>
        <Form.Item name="email" label={t("person.email")}>
          <Input type="email" autoComplete="email" />
        </Form.Item>
        <div className="card-row">
          <Button htmlType="submit" type="primary" loading={save.isPending}>
            {t("word.save")}
          </Button>
          <span className="spring" />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </Form>
    </section>
  );
}

function PasswordCard() {
  const t = useT();
  const [form] = Form.useForm<Passwords>();
  const change = useSend(
    (values: Passwords) =>
      answered(api.POST("/session/password", { body: { old: values.old, new: values.fresh } })),
    [],
  );
  const submit = (values: Passwords): void => {
    change.mutate(values, {
      onSuccess: () => {
        form.resetFields();
        toast(t("account.passwordChanged"));
      },
      onError: (problem) => {
        const named = problem.problems.map(({ field, message }) => ({
          name: (field === "new" ? "fresh" : field) as keyof Passwords,
          errors: [message],
        }));
        if (named.length > 0) form.setFields(named);
        else toast(problem.message, "failed");
      },
    });
  };
  const must = (label: string) => ({ required: true, message: t("form.missing", { label }) });
  return (
    <section className="card">
      <h2>{t("account.password")}</h2>
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        <Form.Item name="old" label={t("signIn.old")} rules={[must(t("signIn.old"))]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="fresh" label={t("signIn.fresh")} rules={[must(t("signIn.fresh"))]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t("signIn.again")}
          dependencies={["fresh"]}
          rules={[
            must(t("signIn.again")),
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue("fresh")
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("signIn.differ"))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t("signIn.change")}
        </Button>
      </Form>
    </section>
  );
}

export default function AccountPage() {
  const t = useT();
  const session = useSession();
  if (!session) return null;
  const limits = session.ends_at
    ? t("account.sessionEnds", {
        time: fullTime(session.ends_at),
        n: Math.round(session.idle_minutes ?? 0),
      })
    : null;
  return (
    <PageFrame lead={limits} ready>
      <div className="account-cards">
        <ProfileCard session={session} />
        <PasswordCard />
        <SecondFactor on={session.second_factor} />
        <OwnSessions />
      </div>
    </PageFrame>
  );
}
