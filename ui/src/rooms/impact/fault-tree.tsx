/** 故障树 of a business system: as a picture or a list, as text, and with what it means in figures. */
import { Checkbox, Segmented } from "antd";
import { Link, useParams, useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { FaultTree } from "@/api/types";
import { useT } from "@/language";
import { PageFrame } from "@/parts/page";
import { usePhone } from "@/parts/phone";
import { Empty, Failed, Waiting } from "@/parts/states";
import { TreeFigures } from "./fault-tree-figures";
import { TreeList, TreePicture } from "./fault-tree-picture";
import "./fault-tree.css";

const LOOKS = ["picture", "text", "figures"] as const;

function Shown({ tree, look }: { tree: FaultTree; look: string }) {
  const t = useT();
  const phone = usePhone();
  if (look === "figures") return <TreeFigures service={tree.service.id} />;
  if (tree.parts.length === 0) {
    return <Empty icon="matrix" title={t("tree.none")} hint={t("tree.noneHint")} />;
  }
  if (look === "text") {
    return tree.text ? (
      <pre className="card tree-text">{tree.text}</pre>
    ) : (
      <Empty icon="matrix" title={t("tree.textHidden")} />
    );
  }
  return (
    <>
      {tree.cut ? <p role="note">{t("tree.cut")}</p> : null}
      {tree.hidden ? <p className="muted">{t("tree.hidden")}</p> : null}
      {phone ? <TreeList parts={tree.parts} /> : <TreePicture parts={tree.parts} />}
    </>
  );
}

export default function FaultTreePage() {
  const t = useT();
  const { id = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const look = LOOKS.find((each) => each === params.get("look")) ?? "picture";
  const unfolded = params.get("unfolded") === "1";
  const { data, error, refetch } = useGet(
    "items",
    "/impact/services/{item_id}/fault-tree",
    { path: { item_id: id }, query: { unfolded } },
    { keep: true },
  );
  const set = (name: string, value: string | null): void => {
    setParams(
      (now) => {
        if (value) now.set(name, value);
        else now.delete(name);
        return now;
      },
      { replace: true },
    );
  };
  return (
    <PageFrame
      title={data ? t("tree.of", { name: data.service.name }) : undefined}
      ready={data !== undefined || error !== null}
      lead={
        data ? (
          <Link className="tree-lead" to={`/items/${id}`}>
            {data.service.name}
          </Link>
        ) : null
      }
      actions={
        data && !data.hidden ? (
          <a className="button" href={`/api/v1/impact/services/${id}/fault-tree.xml`} download>
            {t("tree.file")}
          </a>
        ) : null
      }
    >
      <div className="tree-bar">
        <Segmented
          aria-label={t("tree.look")}
          value={look}
          options={LOOKS.map((value) => ({ value, label: t(`tree.${value}`) }))}
          onChange={(value) => {
            set("look", value === "picture" ? null : value);
          }}
        />
        {look === "picture" ? (
          <Checkbox
            checked={unfolded}
            onChange={(event) => {
              set("unfolded", event.target.checked ? "1" : null);
            }}
          >
            {t("tree.unfold")}
          </Checkbox>
        ) : null}
      </div>
      {data ? (
        <Shown tree={data} look={look} />
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={8} />
      )}
    </PageFrame>
  );
}
