/** What the formula was; a former one is put in force again by one click. */
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import type { Formula } from "@/api/types";
import { useT } from "@/language";
import { At } from "@/parts/time";
import { toast } from "@/parts/toast";

export function FormulaHistory({ item, of }: { item: string; of: Formula }) {
  const t = useT();
  const path = { item_id: item };
  const versions = useGet("items", "/items/{item_id}/formula/history", { path }).data?.versions;
  const again = useSend(
    (text: string) =>
      answered(
        api.PUT("/items/{item_id}/formula", {
          params: { path },
          body: { text, version: of.version, reason: "" },
        }),
      ),
    ["items"],
  );
  if (!versions || versions.length === 0) return null;
  return (
    <section className="card">
      <h2>{t("formula.history")}</h2>
      <ul className="formula-history">
        {versions.map((each) => (
          <li key={each.version}>
            <span className="muted">
              {t("formula.version", { n: each.version })} · {each.by.name} · <At at={each.at} />
            </span>
            <code>{each.tree ? each.text : t("formula.byRelations")}</code>
            {of.editable && each.tree && each.version !== of.version ? (
              <button
                type="button"
                className="button"
                disabled={again.isPending}
                onClick={() => {
                  again.mutate(each.text, {
                    onSuccess: () => {
                      toast(t("formula.saved"));
                    },
                    onError: (problem: Problem) => {
                      toast(problem.message, "failed");
                    },
                  });
                }}
              >
                {t("formula.again")}
                <span className="visually-hidden">
                  {" "}
                  {t("formula.version", { n: each.version })}
                </span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
