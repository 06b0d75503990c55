/** One account: who it is, which roles it has and over what. */
import { Modal } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Account } from "@/api/types";
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import { PageFrame } from "@/parts/page";
import { Secret } from "@/parts/secret";
import { Failed, Waiting } from "@/parts/states";
import { toast } from "@/parts/toast";
import { AccountState } from "./people";
import { PersonForm } from "./person-form";

function Actions({ account }: { account: Account }) {
  const t = useT();
  const [password, setPassword] = useState<string | null>(null);
  const failed = (problem: Error): void => {
    toast(problem.message, "failed");
  };
  const params = { path: { account_id: account.id } };
  const unlock = useSend(
    () => answered(api.POST("/accounts/{account_id}/unlock", { params })),
    ["access"],
  );
  const unbind = useSend(
    () => answered(api.DELETE("/accounts/{account_id}/totp", { params })),
    ["access"],
  );
  const reset = useSend(
    () => answered(api.POST("/accounts/{account_id}/password", { params })),
    ["access"],
  );
  return (
    <>
      {account.locked_until ? (
        <button
          type="button"
          className="button"
          onClick={() => {
            unlock.mutate(undefined, {
              onSuccess: () => {
                toast(t("person.unlocked"));
              },
              onError: failed,
            });
          }}
        >
          {t("person.unlock")}
        </button>
      ) : null}
      {account.second_factor ? (
        <Confirmed
          ask={t("account.removeFactorAsk")}
          busy={unbind.isPending}
          onYes={() => {
            unbind.mutate(undefined, {
              onSuccess: () => {
                toast(t("account.totpStopped"));
              },
              onError: failed,
            });
          }}
        >
          {t("account.removeFactor")}
        </Confirmed>
      ) : null}
      <Confirmed
        ask={t("person.resetAsk")}
        busy={reset.isPending}
        onYes={() => {
          reset.mutate(undefined, {
            onSuccess: (made) => {
              setPassword(made.password);
            },
            onError: failed,
          });
        }}
      >
        {t("person.resetPassword")}
      </Confirmed>
      <Modal
        open={password !== null}
        title={t("person.oneTime")}
        footer={null}
        onCancel={() => {
          setPassword(null);
        }}
      >
        {password ? <Secret text={password} name="password" /> : null}
      </Modal>
    </>
  );
}

export default function PersonPage() {
  const t = useT();
  const { id = "new" } = useParams();
  const fresh = id === "new";
  const may = useMay("access.manage");
  const {
    data: account,
    error,
    refetch,
  } = useGet("access", "/accounts/{account_id}", { path: { account_id: id } }, { enabled: !fresh });
  const roles = useGet("access", "/roles").data?.items;
  const ready = roles !== undefined && (fresh || account !== undefined);
  return (
    <PageFrame
      title={fresh ? t("person.create") : account?.display_name}
      ready={ready || error !== null}
      lead={
        account ? (
          <>
            <code>{account.user_name}</code> <AccountState account={account} />
          </>
        ) : null
      }
      actions={account && may ? <Actions account={account} /> : null}
    >
      {ready ? (
        <PersonForm key={account?.id ?? "new"} account={account} roles={roles} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  );
}
