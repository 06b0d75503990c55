/** 可用条件: on what terms an item needs what it is related to; as boxes and as text, side by side. */
import { Input } from "antd";
import { Link, useParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Formula, FormulaTerm } from "@/api/types";
import { useT } from "@/language";
import { between } from "@/parts/names";
import { PageFrame } from "@/parts/page";
import { Empty, Failed, Waiting } from "@/parts/states";
import { At } from "@/parts/time";
import { useUnsaved } from "@/parts/unsaved";
import { FormulaEffect } from "./formula-effect";
import { FormulaHistory } from "./formula-history";
import { useChecked, useDraft, useSaving } from "./formula-draft";
import { also, itemTerm, named } from "./formula-model";
import { FormulaTree } from "./formula-tree";
import "./formula.css";

function Related({
  of,
  tree,
  onAdd,
}: {
  of: Formula;
  tree: FormulaTerm | null;
  onAdd: (next: FormulaTerm) => void;
}) {
  const t = useT();
  const inside = named(tree);
  const beside = of.related.filter(({ id }) => !inside.has(id));
  return (
    <section className="card">
      <h2>{t("formula.beside")}</h2>
      <p className="muted">{beside.length > 0 ? t("formula.besideHint") : t("formula.allNamed")}</p>
      <ul className="formula-related">
        {beside.map((each) => (
          <li key={each.id}>
            <Link to={`/items/${each.id}`}>{each.name}</Link>
            <small className="muted">{each.layer_label}</small>
            {of.editable ? (
              <button
                type="button"
                className="button"
                onClick={() => {
                  onAdd(also(tree, itemTerm(each)));
                }}
              >
                {t("formula.add")}
                <span className="visually-hidden"> {each.name}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {of.hidden.length > 0 ? (
        <p className="muted">{t("formula.hidden", { layers: of.hidden.join(between()) })}</p>
      ) : null}
    </section>
  );
}

function Editor({ of }: { of: Formula }) {
  const t = useT();
  const { now, change, undo, redo } = useDraft(of);
  const dirty = now.text !== of.text || now.by === "tree";
  const checked = useChecked(of, now, dirty);
  const { busy, save, drop } = useSaving(of);
  useUnsaved(() => dirty);
  const sound = checked !== undefined && checked.mistakes.length === 0;
  const tree = now.by === "text" && sound ? checked.tree : now.tree;
  const text = now.by === "tree" && sound ? checked.text : now.text;
  const changeTree = (next: FormulaTerm | null): void => {
    change({ text: next ? text : "", tree: next, by: next ? "tree" : "text" });
  };
  return (
    <>
      <div className="formula-panes">
        <section className="card" aria-label={t("formula.boxes")}>
          {tree ? (
            <FormulaTree whole={tree} editable={of.editable} onChange={changeTree} />
          ) : (
            <Empty icon="matrix" title={t("formula.none")} hint={t("formula.noneHint")} />
          )}
        </section>
        <section className="card">
          <Input.TextArea
            aria-label={t("formula.text")}
            autoSize={{ minRows: 4, maxRows: 16 }}
            className="formula-text"
            disabled={!of.editable}
            spellCheck={false}
            value={text}
            placeholder={t("formula.example")}
            onChange={(event) => {
              change({ text: event.target.value, tree, by: "text" });
            }}
          />
          <p className="muted">{t("formula.grammar")}</p>
          {of.editable ? (
            <p className="formula-acts">
              <button
                type="button"
                className="button primary"
                data-act="save-formula"
                disabled={!sound || busy}
                onClick={() => {
                  if (checked) save(checked.text);
                }}
              >
                {t("word.save")}
              </button>
              <button type="button" className="button" disabled={!undo} onClick={undo}>
                {t("formula.undo")}
              </button>
              <button type="button" className="button" disabled={!redo} onClick={redo}>
                {t("formula.redo")}
              </button>
              {of.tree ? (
                <button type="button" className="button" disabled={busy} onClick={drop}>
                  {t("formula.drop")}
                </button>
              ) : null}
            </p>
          ) : (
            <p className="muted">{t("formula.notEditable")}</p>
          )}
        </section>
      </div>
      {checked ? <FormulaEffect checked={checked} /> : null}
      <Related of={of} tree={tree} onAdd={changeTree} />
    </>
  );
}

export default function FormulaPage() {
  const t = useT();
  const { id = "" } = useParams();
  const { data, error, refetch } = useGet("items", "/items/{item_id}/formula", {
    path: { item_id: id },
  });
  return (
    <PageFrame
      title={data ? t("formula.of", { name: data.item.name }) : undefined}
      lead={
        data ? (
          <>
            <Link className="formula-lead" to={`/items/${id}`}>
              {data.item.name}
            </Link>
            {data.by && data.at ? (
              <span className="muted">
                {" · "}
                {t("formula.changedBy", { name: data.by.name })} <At at={data.at} />
              </span>
            ) : null}
          </>
        ) : null
      }
      ready={data !== undefined || error !== null}
    >
      {data ? (
        <div className="formula">
          <Editor key={data.version} of={data} />
          <FormulaHistory item={id} of={data} />
        </div>
      ) : error ? (
        <Failed problem={error} again={() => void refetch()} />
      ) : (
        <Waiting lines={8} />
      )}
    </PageFrame>
  );
}
