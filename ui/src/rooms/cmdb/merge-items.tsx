/** Items that are there twice made one: whose value stays is chosen field by field. */
import { Button, Radio } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item, MergedItems } from "@/api/types";
import { useT, type Translate } from "@/language";
import { toast } from "@/parts/toast";
import { FieldValue, plainValue } from "@/parts/value";
import type { Field } from "@/parts/fields";
import { TriedDialog, type Why } from "./tried-dialog";

/** As many as the server makes one at once. */
const MOST_MERGED = 20;

interface Compared {
  name: string;
  label: string;
  of: (item: Item) => unknown;
  field?: Field;
}

function fieldsOf(t: Translate, attributes: readonly Field[]): Compared[] {
  return [
    { name: "name", label: t("item.name"), of: ({ name }) => name },
    { name: "importance", label: t("item.importance"), of: ({ importance }) => importance },
    { name: "owner", label: t("item.owner"), of: ({ owner }) => owner },
    { name: "vendor", label: t("item.vendor"), of: ({ vendor }) => vendor },
    ...attributes.map((field) => ({
      name: `attributes.${field.name}`,
      label: field.label,
      of: (item: Item) => item.attributes[field.name],
      field,
    })),
  ];
}

const said = (value: unknown): string => JSON.stringify(value ?? null);
/** Secrets are shown by none and differ perhaps: whose stays is asked wherever one has one. */
const differs = ({ of, field }: Compared, items: readonly Item[]): boolean =>
  field?.type === "secret"
    ? items.some((item) => of(item) !== undefined && of(item) !== null)
    : new Set(items.map((item) => said(of(item)))).size > 1;

function Values({
  row,
  items,
  chosen,
  choose,
}: {
  row: Compared;
  items: readonly Item[];
  chosen: string;
  choose: (item: string) => void;
}) {
  return (
    <div className="merge-row" data-field={row.name}>
      <b>{row.label}</b>
      <Radio.Group
        className="merge-values"
        aria-label={row.label}
        value={chosen}
        onChange={({ target }) => {
          choose(String(target.value));
        }}
      >
        {items.map((item) => (
          <Radio key={item.id} value={item.id}>
            {row.field ? (
              <FieldValue field={row.field} value={row.of(item)} plain />
            ) : (
              plainValue(row.of(item))
            )}
          </Radio>
        ))}
      </Radio.Group>
    </div>
  );
}

function Carried({ found }: { found: MergedItems }) {
  const t = useT();
  return (
    <div data-field="carried">
      <p>
        {t("merge.carried")}{" "}
        {found.carried.length === 0
          ? t("word.none")
          : found.carried.map(({ label, count }) => `${label} ${String(count)}`).join(", ")}
      </p>
      {found.left.map((why) => (
        <p key={why} className="refused">
          {why}
        </p>
      ))}
    </div>
  );
}

export function MergeItems({
  items,
  onClose,
  onDone,
}: {
  items: readonly Item[];
  onClose: () => void;
  onDone: (gone: readonly string[]) => void;
}) {
  const t = useT();
  const [stays, setStays] = useState(items[0]?.id ?? "");
  const [take, setTake] = useState<Record<string, string>>({});
  const type = items.find(({ id }) => id === stays)?.type;
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const restricted = new Set(items.flatMap((item) => item.restricted));
  const attributes = types.find(({ name }) => name === type)?.attributes ?? [];
  const shown = attributes.filter(({ name }) => !restricted.has(name));
  const rows = fieldsOf(t, shown).filter((row) => differs(row, items));
  const gone = items.map(({ id }) => id).filter((id) => id !== stays);
  const taken = Object.fromEntries(Object.entries(take).filter(([, id]) => id !== stays));
  const versions = Object.fromEntries(items.map(({ id, version }) => [id, version]));
  const send = (trial: boolean, why: Why) =>
    answered(
      api.POST("/items/merge", { body: { stays, gone, take: taken, versions, trial, ...why } }),
    );
  const save = useSend(
    (why: Why) => send(false, why),
    ["items", "board", "targets", "alerts", "tickets", "recycle-bin"],
  );
  return (
    <TriedDialog<MergedItems>
      width={720}
      title={t("merge.title", { n: items.length })}
      hint={t("merge.hint")}
      act={t("merge.do")}
      why
      trialOf={["merging", stays, gone, taken]}
      ask={() => send(true, {})}
      save={save}
      told={(found) => <Carried found={found} />}
      onClose={onClose}
      onDone={() => {
        toast(t("merge.done", { n: gone.length }));
        onDone(gone);
      }}
    >
      <div className="merge-row" data-field="stays">
        <b>{t("merge.stays")}</b>
        <Radio.Group
          className="merge-values"
          aria-label={t("merge.stays")}
          value={stays}
          onChange={({ target }) => {
            setStays(String(target.value));
          }}
        >
          {items.map(({ id, name, key }) => (
            <Radio key={id} value={id}>
              {name} <code>{key}</code>
            </Radio>
          ))}
        </Radio.Group>
      </div>
      {rows.map((row) => (
        <Values
          key={row.name}
          row={row}
          items={items}
          chosen={take[row.name] ?? stays}
          choose={(item) => {
            setTake({ ...take, [row.name]: item });
          }}
        />
      ))}
    </TriedDialog>
  );
}

export function MergeSeveral({
  items,
  letGo,
}: {
  items: readonly Item[];
  letGo: (ids: readonly string[]) => void;
}) {
  const t = useT();
  const may = useMay("cmdb.delete");
  /** Those that were chosen when it was said, whatever the list does meanwhile. */
  const [chosen, setChosen] = useState<readonly Item[] | null>(null);
  const close = (): void => {
    setChosen(null);
  };
  if (!may) return null;
  return (
    <>
      {items.length > 1 && items.length <= MOST_MERGED ? (
        <Button
          data-act="merge"
          onClick={() => {
            setChosen(items);
          }}
        >
          {t("merge.open")}
        </Button>
      ) : null}
      {chosen ? (
        <MergeItems
          items={chosen}
          onClose={close}
          onDone={() => {
            letGo(chosen.map(({ id }) => id));
            close();
          }}
        />
      ) : null}
    </>
  );
}
