/** What is taken to have failed: items one by one, rooms, people, expressions. */
import { Input, Select } from "antd";
import { useState } from "react";
import type { WhatIf, WhatIfAsked } from "@/api/types";
import { useT } from "@/language";
import { RefSelect } from "@/parts/ref-select";
import { KINDS, type Kind } from "./whatif-model";

interface Props {
  asked: WhatIfAsked;
  found: WhatIf | undefined;
  onAdd: (kind: Kind, value: string) => void;
  onRemove: (kind: Kind, value: string) => void;
  onClear: () => void;
}

const TYPES: Partial<Record<Kind, readonly string[]>> = {
  within: ["location", "rack"],
  "kept-by": ["person", "post", "vendor", "organisation"],
};

function Chosen({ name, note, onRemove }: { name: string; note?: string; onRemove: () => void }) {
  const t = useT();
  return (
    <li className="whatif-chosen">
      <span>
        {name}
        {note ? <small className="soft"> {note}</small> : null}
      </span>
      <button
        type="button"
        className="button"
        onClick={onRemove}
        title={t("whatif.remove", { name })}
      >
        <span aria-hidden>×</span>
        <span className="visually-hidden">{t("whatif.remove", { name })}</span>
      </button>
    </li>
  );
}

function Adding({ onAdd }: Pick<Props, "onAdd">) {
  const t = useT();
  const [kind, setKind] = useState<Kind>("failed");
  const [text, setText] = useState("");
  const add = (): void => {
    if (text.trim()) onAdd("where", text.trim());
    setText("");
  };
  return (
    <div className="whatif-add">
      <Select<Kind>
        aria-label={t("whatif.kind")}
        value={kind}
        options={KINDS.map((value) => ({ value, label: t(`whatif.kinds.${value}`) }))}
        onChange={setKind}
      />
      {kind === "where" ? (
        <Input.Search
          value={text}
          aria-label={t("whatif.where")}
          placeholder={t("whatif.where")}
          enterButton={t("whatif.addWhere")}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onSearch={add}
        />
      ) : (
        <RefSelect
          key={kind}
          of="items"
          types={TYPES[kind] ?? []}
          value={null}
          aria-label={t("whatif.add")}
          placeholder={t("whatif.add")}
          onChange={(id) => {
            if (id) onAdd(kind, id);
          }}
        />
      )}
    </div>
  );
}

export function WhatIfChoose({ asked, found, onAdd, onRemove, onClear }: Props) {
  const t = useT();
  const names = new Map(found?.failed.items.map(({ id, name }) => [id, name]));
  const [failed, sets] = [asked.failed ?? [], asked.sets ?? []];
  return (
    <section className="card whatif-choose">
      <h2>{t("whatif.choose")}</h2>
      <Adding onAdd={onAdd} />
      <ul>
        {sets.map((set) => {
          const value = set.kind === "where" ? (set.where ?? "") : (set.item ?? "");
          const told = found?.sets.find(
            (each) => each.kind === set.kind && (each.item?.id ?? each.where) === value,
          );
          const notes = told
            ? [
                t("whatif.count", { n: told.count }),
                ...(told.apart > 0 ? [t("whatif.apart", { n: told.apart })] : []),
              ]
            : [];
          return (
            <Chosen
              key={`${set.kind} ${value}`}
              name={`${t(`whatif.kinds.${set.kind}`)}：${told?.item?.name ?? set.where ?? ""}`}
              note={notes.join("，")}
              onRemove={() => {
                onRemove(set.kind, value);
              }}
            />
          );
        })}
        {failed.map((id) => (
          <Chosen
            key={id}
            name={names.get(id) ?? id}
            onRemove={() => {
              onRemove("failed", id);
            }}
          />
        ))}
      </ul>
      {found ? <p className="muted">{t("whatif.taken", { n: found.taken })}</p> : null}
      {failed.length + sets.length > 1 ? (
        <button type="button" className="button" onClick={onClear}>
          {t("whatif.clear")}
        </button>
      ) : null}
    </section>
  );
}
