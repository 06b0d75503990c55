/** What the columns of a file mean: guessed, changed by hand, kept under a name. */
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import type { Import } from "@/api/types";
import { useT, type Translate } from "@/language";
import { between } from "@/parts/names";
import { toast } from "@/parts/toast";
import { useTargets } from "./import-targets";

type Table = Import["tables"][number];
interface Wish {
  type: string | null;
  columns: Record<string, string>;
}
type Wishes = Record<string, Wish>;

const wishesOf = (tables: readonly Table[]): Wishes =>
  Object.fromEntries(
    tables.map(({ table, type, columns }) => [
      table,
      {
        type: type || null,
        columns: Object.fromEntries(columns.map(({ head, to }) => [head, to])),
      },
    ]),
  );

function OneTable({
  table,
  wish,
  onChange,
}: {
  table: Table;
  wish: Wish;
  onChange: (wish: Wish) => void;
}) {
  const t = useT();
  const targets = useTargets();
  if (table.head === 0)
    return <p className="muted">{t("import.noHead", { table: table.table })}</p>;
  const options = [{ value: "", label: t("import.ignore") }, ...targets.of(wish.type ?? "")];
  return (
    <fieldset className="import-table">
      <legend>
        {t("import.mappingOf", { table: table.table, n: table.rows, head: table.head })}
      </legend>
      <label className="import-column">
        <span>{t("import.tableType")}</span>
        <Select
          allowClear
          value={wish.type}
          placeholder={t("import.typeHint")}
          onChange={(type?: string) => {
            onChange({ ...wish, type: type ?? null });
          }}
          showSearch={{ optionFilterProp: "label" }}
          options={targets.types}
        />
      </label>
      {table.columns.map(({ head, near }) => (
        <label className="import-column" key={head} data-head={head}>
          <span>
            {headOf(t, head)}{" "}
            {near ? <small className="import-near">{t("import.near")}</small> : null}
          </span>
          <Select
            value={wish.columns[head] ?? ""}
            onChange={(to: string) => {
              onChange({ ...wish, columns: { ...wish.columns, [head]: to } });
            }}
            showSearch={{ optionFilterProp: "label" }}
            options={options}
          />
        </label>
      ))}
    </fieldset>
  );
}

/** A head as people read it: a column without one is known by its place. */
const headOf = (t: Translate, head: string): string => {
  const place = /^#(\d+)$/.exec(head)?.[1];
  return place ? t("import.headless", { place }) : head;
};

/** What of a file is read by nothing: it is said, also where the mapping is folded. */
export function LeftOut({ run }: { run: Import }) {
  const t = useT();
  const left = run.tables.flatMap(({ table, head, columns }) =>
    head === 0
      ? [t("import.noHead", { table })]
      : columns
          .filter(({ to }) => to === "")
          .map((column) => (run.tables.length > 1 ? `${table} / ` : "") + headOf(t, column.head)),
  );
  return left.length > 0 ? (
    <p className="import-left" data-left={left.length}>
      <b>{t("import.leftOut", { n: left.length })}</b> {left.join(between())}
    </p>
  ) : null;
}

/** `open`: shown from the start. */
export function ImportMapping({ run, open }: { run: Import; open: boolean }) {
  const t = useT();
  const [wishes, setWishes] = useState(() => wishesOf(run.tables));
  const [clear, setClear] = useState(run.clear);
  const [name, setName] = useState(run.profile);
  const failed = (problem: Problem): void => {
    toast(problem.message, "failed");
  };
  const again = useSend(
    () =>
      answered(
        api.PATCH("/imports/{import_id}", {
          params: { path: { import_id: run.id } },
          body: { tables: wishes, clear },
        }),
      ),
    ["imports"],
  );
  const keep = useSend(
    () =>
      answered(
        api.PUT("/import-profiles/{name}", {
          params: { path: { name: name.trim() } },
          body: { tables: wishes, clear, source: run.source },
        }),
      ),
    ["imports"],
  );
  return (
    <details className="panel import-mapping" open={open}>
      <summary>{t("import.mapping")}</summary>
      {run.tables.map((table) => (
        <OneTable
          key={table.table}
          table={table}
          wish={wishes[table.table] ?? { type: null, columns: {} }}
          onChange={(wish) => {
            setWishes({ ...wishes, [table.table]: wish });
          }}
        />
      ))}
      <Checkbox
        checked={clear}
        onChange={(event) => {
          setClear(event.target.checked);
        }}
      >
        {t("import.clear")}
      </Checkbox>
      <div className="import-acts">
        <Button
          data-act="try-again"
          loading={again.isPending}
          onClick={() => {
            again.mutate(undefined, { onError: failed });
          }}
        >
          {t("import.tryAgain")}
        </Button>
        <span className="spring" />
        <Input
          aria-label={t("import.keepName")}
          placeholder={t("import.keepName")}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <Button
          data-act="keep"
          disabled={name.trim() === ""}
          loading={keep.isPending}
          onClick={() => {
            keep.mutate(undefined, {
              onSuccess: () => {
                toast(t("import.kept"));
              },
              onError: failed,
            });
          }}
        >
          {t("import.keep")}
        </Button>
      </div>
    </details>
  );
}
