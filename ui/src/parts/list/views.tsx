/** Saved views: the address of this list under a name, one's own or shared. */
import { Button, Checkbox, Input, Popover } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { NewView as NewSavedView } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";

function NewView({ page }: { page: string }) {
  const t = useT();
  const [params] = useSearchParams();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useSend(
    (body: NewSavedView) => answered(api.POST("/me/views", { body })),
    ["access"],
  );
  const submit = (): void => {
    save.mutate(
      { page, name: name.trim(), query: params.toString(), shared },
      {
        onSuccess: () => {
          setName("");
          toast(t("word.saved"));
        },
        onError: (problem) => {
          toast(problem.message, "failed");
        },
      },
    );
  };
  return (
    <div className="views-new">
      <Input
        value={name}
        placeholder={t("list.viewName")}
        aria-label={t("list.viewName")}
        onChange={(event) => {
          setName(event.target.value);
        }}
        onPressEnter={submit}
      />
      <Checkbox
        checked={shared}
        onChange={(event) => {
          setShared(event.target.checked);
        }}
      >
        {t("list.shareView")}
      </Checkbox>
      <Button
        type="primary"
        disabled={name.trim() === ""}
        loading={save.isPending}
        onClick={submit}
      >
        {t("list.saveView")}
      </Button>
    </div>
  );
}

export function Views({ page }: { page: string }) {
  const t = useT();
  const [, setParams] = useSearchParams();
  const { data } = useGet("access", "/me/views", { query: { page } });
  const drop = useSend(
    (view_id: string) =>
      answered(api.DELETE("/me/views/{view_id}", { params: { path: { view_id } } })),
    ["access"],
  );
  const mine = data?.items ?? [];
  const content = (
    <div className="views">
      {mine.length === 0 ? <p className="muted">{t("list.noViews")}</p> : null}
      {mine.map((view) => (
        <div key={view.id} className="view-row">
          <button
            type="button"
            onClick={() => {
              setParams(new URLSearchParams(view.query));
            }}
          >
            {view.name} {view.shared ? <small className="muted">{t("list.shared")}</small> : null}
          </button>
          {view.mine ? (
            <button
              type="button"
              aria-label={t("list.deleteView", { name: view.name })}
              onClick={() => {
                drop.mutate(view.id);
              }}
            >
              ×
            </button>
          ) : null}
        </div>
      ))}
      <NewView page={page} />
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Button data-act="views">{t("list.views")}</Button>
    </Popover>
  );
}
