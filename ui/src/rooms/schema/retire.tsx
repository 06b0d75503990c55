/** Takes a definition out of force, after saying what lives by it. */
import { Modal } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { DefinitionDifference } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { Mistakes } from "./consequences";

interface Which {
  kind: string;
  name: string;
  /** What it is called. */
  label: string;
  version: number;
}

export function Retire({ kind, name, label, version }: Which) {
  const t = useT();
  const path = { kind, name };
  const [found, setFound] = useState<DefinitionDifference | null>(null);
  const failed = (problem: Problem): void => {
    toast(problem.message, "failed");
  };
  const look = useSend(
    () => answered(api.POST("/definitions/{kind}/{name}/check-retirement", { params: { path } })),
    [],
  );
  const retire = useSend(
    (consent: boolean) =>
      answered(
        api.DELETE("/definitions/{kind}/{name}", {
          params: { path, query: { consent, base_version: version } },
        }),
      ),
    ["definitions", "items", "tickets", "alerts", "targets", "access"],
  );
  const referred = (found?.problems ?? []).length > 0;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={look.isPending}
        onClick={() => {
          look.mutate(undefined, { onSuccess: setFound, onError: failed });
        }}
      >
        {t("definition.retire")}
      </button>
      <Modal
        open={found !== null}
        title={t("definition.retireAsk", { name: label })}
        okText={t("definition.retire")}
        okButtonProps={{ danger: true, disabled: referred }}
        confirmLoading={retire.isPending}
        onCancel={() => {
          setFound(null);
        }}
        onOk={() => {
          retire.mutate(found?.needs_consent ?? false, {
            onSuccess: () => {
              toast(t("definition.retiredNow"));
              setFound(null);
            },
            onError: failed,
          });
        }}
      >
        <p>{t("definition.retireMeans")}</p>
        {found?.lost ? (
          <p className="refused">{t("definition.retireLoses", { lost: found.lost })}</p>
        ) : null}
        {found && referred ? (
          <>
            <p>{t("definition.referred")}</p>
            <Mistakes found={found} referring />
          </>
        ) : null}
      </Modal>
    </>
  );
}
