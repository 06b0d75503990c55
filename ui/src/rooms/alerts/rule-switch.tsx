/** Switches a rule on or off: what would end is said before, and why it is done is asked. */
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Rule, RuleSwitch } from "@/api/types";
import { useT } from "@/language";
import { saving } from "@/parts/form-dialog";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { toast } from "@/parts/toast";
import { KeepsTyped, useClosing } from "@/parts/unsaved";

/** On or off, by a word and a shape. */
export function RuleState({ enabled }: { enabled: boolean }) {
  const t = useT();
  return (
    <span className={`mark mark-quiet tone-${enabled ? "green" : "grey"}`} data-enabled={enabled}>
      <Glyph shape={enabled ? CONDITIONS.ok.shape : "bars"} size="0.85em" />
      {t(enabled ? "rule.on" : "rule.off")}
    </span>
  );
}

interface Entered {
  reason: string;
}

interface DialogProps {
  rule: Rule;
  found: RuleSwitch;
  onClose: () => void;
}

function SwitchDialog({ rule, found, onClose }: DialogProps) {
  const t = useT();
  const [form] = Form.useForm<Entered>();
  const close = useClosing(form, onClose);
  const enabled = !rule.enabled;
  const send = useSend(
    ({ reason }: Entered) =>
      answered(
        api.POST("/alert-rules/{name}/switch", {
          params: { path: { name: rule.name } },
          body: { enabled, reason, consent: found.needs_consent },
        }),
      ),
    ["definitions", "alerts", "targets"],
  );
  const submit = saving({
    form,
    save: send,
    onSaved: () => {
      toast(t("word.saved"));
      onClose();
    },
  });
  const name = t(enabled ? "rule.switchOn" : "rule.switchOff");
  return (
    <Modal
      open
      title={`${name}：${rule.label}`}
      okText={name}
      okButtonProps={{ danger: !enabled, disabled: found.problems.length > 0 }}
      onCancel={close}
      onOk={() => {
        form.submit();
      }}
      confirmLoading={send.isPending}
      destroyOnHidden
    >
      {enabled ? (
        <p>{t("rule.onMeans")}</p>
      ) : (
        <>
          <p data-field="ending">
            {found.ending ? t("rule.ending", { what: found.ending }) : t("rule.nothingEnds")}
          </p>
          <p>{t("rule.offMeans")}</p>
        </>
      )}
      <p className="muted">{t("rule.versionMeans")}</p>
      {found.problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      <Form form={form} layout="vertical" onFinish={submit}>
        <KeepsTyped />
        <Form.Item
          name="reason"
          label={t("word.reason")}
          rules={[
            {
              required: true,
              whitespace: true,
              message: t("form.missing", { label: t("word.reason") }),
            },
          ]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** For who may change definitions; asks first what it would end. */
export function SwitchRule({ rule }: { rule: Rule }) {
  const t = useT();
  const may = useMay("schema.edit");
  const [found, setFound] = useState<RuleSwitch | null>(null);
  const look = useSend(
    () =>
      answered(
        api.POST("/alert-rules/{name}/check-switch", {
          params: { path: { name: rule.name } },
          body: { enabled: !rule.enabled },
        }),
      ),
    [],
  );
  if (!may) return null;
  return (
    <>
      <Button
        data-act="switch-rule"
        loading={look.isPending}
        onClick={() => {
          look.mutate(undefined, {
            onSuccess: setFound,
            onError: (problem) => {
              toast(problem.message, "failed");
            },
          });
        }}
      >
        {t(rule.enabled ? "rule.switchOff" : "rule.switchOn")}
      </Button>
      {found ? (
        <SwitchDialog
          rule={rule}
          found={found}
          onClose={() => {
            setFound(null);
          }}
        />
      ) : null}
    </>
  );
}
