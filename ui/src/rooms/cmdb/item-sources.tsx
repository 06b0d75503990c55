/** Where the values of an item come from, beside them; and which sources know it. */
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item, ItemSources } from "@/api/types";
import { useT } from "@/language";
import { fullTime } from "@/language/format";
import { Confirmed } from "@/parts/confirm";
import { Ago } from "@/parts/time";
import { toast } from "@/parts/toast";
import "./sources.css";

export function useItemSources(item: Item): ItemSources | undefined {
  return useGet("items", "/items/{item_id}/sources", { path: { item_id: item.id } }).data;
}

/** Nothing where no source speaks of the item: then all of it was written by people. */
export function ValueSource({
  item,
  field,
  sources,
}: {
  item: Item;
  field: string;
  sources: ItemSources | undefined;
}) {
  const t = useT();
  const may = useMay("cmdb.write");
  const release = useSend(
    () =>
      answered(
        api.POST("/items/{item_id}/release", {
          params: { path: { item_id: item.id } },
          body: { fields: [field] },
        }),
      ),
    ["items"],
  );
  const from = sources?.values.find((each) => each.field === field);
  if (!from) return null;
  const said =
    from.source === ""
      ? t("source.released")
      : from.source === "hand" && from.by
        ? t("source.fromPerson", { by: from.by })
        : t("source.from", { source: from.label });
  return (
    <small className="value-source" data-source-of={field}>
      {said}
      <Ago at={from.at} />
      {from.source === "hand" && may ? (
        <Confirmed
          small
          ask={t("source.releaseAsk")}
          busy={release.isPending}
          onYes={() => {
            release.mutate(undefined, {
              onError: (problem: Problem) => {
                toast(problem.message, "failed");
              },
            });
          }}
        >
          {t("source.release")}
        </Confirmed>
      ) : null}
    </small>
  );
}

export function KnownTo({ sources }: { sources: ItemSources | undefined }) {
  const t = useT();
  if (!sources || sources.known_to.length === 0) return null;
  return (
    <section aria-label={t("source.knownTo")}>
      <h3 className="pairs-group">{t("source.knownTo")}</h3>
      <dl className="pairs">
        {sources.known_to.map((each) => (
          <div key={each.source}>
            <dt>{each.label}</dt>
            <dd>
              {each.since ? (
                <span className="mark tone-yellow">
                  {t("source.since", { since: fullTime(each.since) })}
                </span>
              ) : (
                <>
                  {t("source.seenAt")} <Ago at={each.seen_at} />
                </>
              )}
              {each.own ? (
                <small className="value-source">
                  {t("source.ownId")} <code>{each.own}</code>
                </small>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
