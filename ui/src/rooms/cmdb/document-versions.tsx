/** The versions of a document, on its own page: fetched, sent, and made current again. */
import { Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Failed } from "@/parts/states";
import { toast } from "@/parts/toast";
import { FileLink, TextState, VersionFacts, type Version } from "./document-parts";
import { Chooser, Uploads, useDrops, useStore, useUploads } from "./document-uploads";
import "./document.css";

interface RowProps {
  item: Item;
  version: Version;
  /** It may be made current again: it is not, and does not hold the same bytes. */
  may: boolean;
}

function Row({ item, version, may }: RowProps) {
  const t = useT();
  const n = version.number;
  const again = useSend(
    () =>
      answered(
        api.POST("/items/{item_id}/versions/{number}/current", {
          params: { path: { item_id: item.id, number: n } },
        }),
      ),
    ["items"],
  );
  return (
    <li data-version={n} aria-current={version.current ? "true" : undefined}>
      <span className="document-file">
        <b className="nowrap">{t("document.number", { n })}</b>
        {version.current ? <span className="chip">{t("document.current")}</span> : null}
        <FileLink document={item.id} version={version} />
      </span>
      <VersionFacts version={version} />
      {version.note ? <p className="document-note">{version.note}</p> : null}
      <span className="version-facts">
        <TextState text={version.text} />
        {version.of_number ? (
          <span className="muted">{t("document.ofNumber", { n: version.of_number })}</span>
        ) : null}
        {version.merged_from ? (
          <span className="muted">{t("document.mergedFrom", { name: version.merged_from })}</span>
        ) : null}
        <details>
          <summary className="muted">SHA-256</summary>
          <code className="document-sum">{version.sha256}</code>
        </details>
      </span>
      {may ? (
        <Popconfirm
          title={t("document.makeCurrentAsk", { n })}
          okText={t("word.confirm")}
          cancelText={t("word.cancel")}
          onConfirm={() => {
            again.mutate(undefined, {
              onError: ({ message }) => {
                toast(message, "failed");
              },
            });
          }}
        >
          <Button data-act="make-current" loading={again.isPending}>
            {t("document.makeCurrent")}
          </Button>
        </Popconfirm>
      ) : null}
    </li>
  );
}

export function DocumentVersions({ item }: { item: Item }) {
  const t = useT();
  const [note, setNote] = useState("");
  const listed = useGet("items", "/items/{item_id}/versions", { path: { item_id: item.id } });
  const may = useMay("cmdb.write") && item.retired_at === null;
  const { most, store } = useStore();
  const place = {
    path: `/items/${item.id}/versions`,
    note: () => note,
    done: () => {
      setNote("");
    },
  };
  const { going, add, clear } = useUploads(place, most);
  const over = useDrops(add, may);
  const versions = listed.data?.items ?? [];
  const shown = versions.find(({ current }) => current)?.sha256;
  return (
    <section className={over ? "card documents drop-over" : "card documents"} data-part="versions">
      <h2>{t("document.versions")}</h2>
      {may ? (
        <div className="document-send">
          <Input
            value={note}
            maxLength={500}
            aria-label={t("document.note")}
            placeholder={t("document.note")}
            onChange={({ target }) => {
              setNote(target.value);
            }}
          />
          <Chooser add={add} label={t("document.chooseVersion")} several={false} />
        </div>
      ) : null}
      <Uploads going={going} clear={clear} />
      {listed.error ? <Failed problem={listed.error} again={() => void listed.refetch()} /> : null}
      <ul className="document-list">
        {versions.map((version) => (
          <Row
            key={version.number}
            item={item}
            version={version}
            may={may && version.sha256 !== shown}
          />
        ))}
      </ul>
      {listed.data && versions.length === 0 ? (
        <p className="muted">{t(may ? "document.noVersion" : "document.noFile")}</p>
      ) : null}
      {may && store ? (
        <p className="muted document-hint">
          {over ? t("document.drop") : t("document.dropVersion", { most: quantity(most, "bytes") })}
          {" · "}
          {t("document.store", {
            used: quantity(store.used, "bytes"),
            budget: quantity(store.budget, "bytes"),
          })}
        </p>
      ) : null}
    </section>
  );
}
