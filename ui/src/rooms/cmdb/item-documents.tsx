/** The documents of an item, on its page; files dropped there become documents of it. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item } from "@/api/types";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import { Failed } from "@/parts/states";
import { FileLink, TextState, VersionFacts } from "./document-parts";
import { Chooser, Uploads, useDrops, useStore, useUploads } from "./document-uploads";
import "./document.css";

export function ItemDocuments({ item }: { item: Item }) {
  const t = useT();
  const asked = { path: { item_id: item.id } };
  const listed = useGet("items", "/items/{item_id}/documents", asked);
  const ways = useGet("items", "/items/{item_id}/attachable", asked).data?.items ?? [];
  const mayWrite = useMay("cmdb.write") && item.retired_at === null && ways.length > 0;
  const { most } = useStore();
  const { going, add, clear } = useUploads({ path: `/items/${item.id}/documents` }, most);
  const over = useDrops(add, mayWrite);
  const documents = listed.data?.items ?? [];
  if (documents.length === 0 && ways.length === 0 && !listed.error) return null;
  return (
    <section className={over ? "card documents drop-over" : "card documents"} data-part="documents">
      <h2>
        {t("document.title")}
        <span className="spring" />
        {mayWrite ? <Chooser add={add} label={t("document.choose")} several /> : null}
      </h2>
      {listed.error ? <Failed problem={listed.error} again={() => void listed.refetch()} /> : null}
      <ul className="document-list">
        {documents.map(({ id, name, current, versions, relation, type_label: type }) => (
          <li key={relation} data-document={id}>
            <span className="document-name">
              <Link to={`/items/${id}`}>{name}</Link>
              <span className="muted nowrap">{type}</span>
            </span>
            {current ? (
              <>
                <span className="document-file">
                  <span className="nowrap">{t("document.number", { n: current.number })}</span>
                  <FileLink document={id} version={current} />
                </span>
                <VersionFacts version={current} />
                <span className="version-facts">
                  <TextState text={current.text} />
                  {versions > 1 ? (
                    <small>
                      <Link to={`/items/${id}`}>{t("document.count", { n: versions })}</Link>
                    </small>
                  ) : null}
                </span>
              </>
            ) : (
              <span className="muted">{t("document.noFile")}</span>
            )}
          </li>
        ))}
      </ul>
      {listed.data && documents.length === 0 ? (
        <p className="muted">{t(mayWrite ? "document.none" : "document.noneRead")}</p>
      ) : null}
      <Uploads going={going} clear={clear} />
      {mayWrite && most > 0 ? (
        <p className="muted document-hint">
          {over ? t("document.drop") : t("document.dropHint", { most: quantity(most, "bytes") })}
        </p>
      ) : null}
    </section>
  );
}
