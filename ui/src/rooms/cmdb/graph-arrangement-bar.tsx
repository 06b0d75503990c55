/** Below a picture: how its items are moved, and back to where the layout puts them. */
import { useT } from "@/language";
import { Confirmed } from "@/parts/confirm";
import type { Arrangement } from "./graph-arrangement";

export function ArrangementBar({ arrangement }: { arrangement: Arrangement }) {
  const t = useT();
  const { kept } = arrangement;
  return (
    <div className="graph-arrangement">
      <small className="soft">{t("graph.moveHint")}</small>
      {kept && kept.own > 0 ? (
        <>
          <small className="soft">{t("graph.movedOwn", { n: kept.own })}</small>
          <button
            type="button"
            className="button"
            onClick={() => {
              arrangement.reset(false);
            }}
          >
            {t("graph.layOut")}
          </button>
          {kept.may_share ? (
            <button type="button" className="button" onClick={arrangement.share}>
              {t("graph.placeForAll")}
            </button>
          ) : null}
        </>
      ) : null}
      {kept && kept.shared > 0 ? (
        <>
          <small className="soft">{t("graph.movedForAll")}</small>
          {kept.may_share ? (
            <Confirmed
              small
              ask={t("graph.layOutForAllAsk")}
              onYes={() => {
                arrangement.reset(true);
              }}
            >
              {t("graph.layOutForAll")}
            </Confirmed>
          ) : null}
        </>
      ) : null}
    </div>
  );
}
