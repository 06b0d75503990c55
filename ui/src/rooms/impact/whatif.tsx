/** 推演: what if these failed; the address holds what was asked, so it can be sent. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Checkbox, Form, Input } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { WhatIf, WhatIfAsked } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { WhatIfChoose } from "./whatif-choose";
import { askedOf, type Kind } from "./whatif-model";
import { WhatIfResult } from "./whatif-result";
import "./whatif.css";

interface Entered {
  name: string;
  note?: string;
  shared?: boolean;
}

interface SaveProps {
  asked: WhatIfAsked;
  onKept: (id: string) => void;
  onClose: () => void;
}

function Save({ asked, onKept, onClose }: SaveProps) {
  const t = useT();
  const save = useSend(
    async (entered: Entered) => {
      const made = await answered(
        api.POST("/impact/scenarios", {
          body: { ...asked, note: "", shared: false, ...entered },
        }),
      );
      onKept(made.id);
      return made;
    },
    ["scenarios"],
  );
  return (
    <FormDialog<Entered, unknown> title={t("whatif.save")} save={save} onClose={onClose}>
      <Form.Item name="name" label={t("whatif.name")} rules={[{ required: true }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="note" label={t("whatif.note")}>
        <Input.TextArea maxLength={2000} rows={3} />
      </Form.Item>
      <Form.Item name="shared" valuePropName="checked">
        <Checkbox>{t("whatif.shared")}</Checkbox>
      </Form.Item>
    </FormDialog>
  );
}

export default function WhatIfPage() {
  const t = useT();
  const phone = usePhone();
  const mayKeep = useMay("impact.scenarios");
  const [params, setParams] = useSearchParams();
  const [saving, setSaving] = useState(false);
  const [kept, setKept] = useState<string | null>(null);
  const asked = askedOf(params);
  const any = (asked.failed ?? []).length + (asked.sets ?? []).length > 0;
  const { data, error, refetch } = useQuery<WhatIf, Problem>({
    queryKey: ["items", "what-if", asked],
    queryFn: () => answered(api.POST("/impact/what-if", { body: asked })),
    enabled: any,
    placeholderData: keepPreviousData,
  });
  const found = any && !error ? data : undefined;
  const change = (kind: Kind, value: string, there: boolean): void => {
    setParams((now) => {
      const rest = now.getAll(kind).filter((each) => each !== value);
      now.delete(kind);
      for (const each of there ? [...rest, value] : rest) now.append(kind, each);
      return now;
    });
  };
  return (
    <PageFrame
      ready={!any || data !== undefined || error !== null}
      actions={
        <>
          <Link className="button" to="/impact/scenarios">
            {t("whatif.all")}
          </Link>
          {kept ? (
            <Link className="button" data-act="open-scenario" to={`/impact/scenarios/${kept}`}>
              {t("whatif.open")}
            </Link>
          ) : null}
          {mayKeep && found ? (
            <button
              type="button"
              className={`button button-main${phone ? " thumb" : ""}`}
              data-act="save-scenario"
              onClick={() => {
                setSaving(true);
              }}
            >
              {t("whatif.save")}
            </button>
          ) : null}
        </>
      }
    >
      <div className="whatif">
        <WhatIfChoose
          asked={asked}
          found={found}
          onAdd={(kind, value) => {
            change(kind, value, true);
          }}
          onRemove={(kind, value) => {
            change(kind, value, false);
          }}
          onClear={() => {
            setParams({});
          }}
        />
        {error && any ? (
          <Failed problem={error} again={() => void refetch()} />
        ) : found ? (
          <WhatIfResult found={found} />
        ) : any ? (
          <Waiting lines={8} />
        ) : (
          <div className="panel">
            <Empty icon="matrix" title={t("whatif.empty")} hint={t("whatif.emptyHint")} />
          </div>
        )}
      </div>
      {saving ? (
        <Save
          asked={asked}
          onKept={setKept}
          onClose={() => {
            setSaving(false);
          }}
        />
      ) : null}
    </PageFrame>
  );
}
