/** What becomes, or became, of each row of a file. */
import { Button } from "antd";
import { Link } from "react-router";
import type { Import, ImportLine } from "@/api/types";
import { useT } from "@/language";
import { List } from "@/parts/list/list";
import { plainValue } from "@/parts/value";
import { useTargets } from "./import-targets";
import { useAccept, useChoose } from "./import-decisions";
import { VERDICT_WORDS, VerdictMark, type Verdict } from "./import-state";

const KEPT: readonly Verdict[] = ["created", "changed", "refused"];
const OF_SOURCES: readonly Verdict[] = ["proposed", "marked", "retired", "held"];

function What({ line, run }: { line: ImportLine; run: Import }) {
  const t = useT();
  const { called } = useTargets();
  const { accept, busy } = useAccept(run);
  const { choose, busy: choosing } = useChoose(run);
  const done = run.state === "done";
  const changes = line.changes.filter(({ field }) => field !== "created");
  return (
    <ul className="import-what">
      {line.problems.map(({ field, message }, at) => (
        <li key={`${field}-${String(at)}`} className="refused">
          <b>{called(field, line.type)}</b> {message}
        </li>
      ))}
      {changes.map(({ field, old, new: becomes }) => (
        <li key={`${field}-${told(becomes)}`}>
          <b>{called(field, line.type)}</b> <span className="muted">{told(old)}</span> →{" "}
          {told(becomes)}
        </li>
      ))}
      {line.proposed.map(({ field, old, new: said }) => (
        <li key={`proposed-${field}`} data-proposed={field}>
          <b>{called(field, line.type)}</b> {told(old)}{" "}
          <span className="mark tone-yellow">
            {t("source.proposes")} {told(said)}
          </span>
        </li>
      ))}
      {done && line.proposed.length > 0 ? (
        <li>
          <Button
            size="small"
            loading={busy}
            onClick={() => {
              accept([line.number]);
            }}
          >
            {t("source.acceptOne")}
          </Button>
        </li>
      ) : null}
      {done && line.choices.length > 0 ? (
        <li className="import-choices">
          <b>{t("source.choose")}</b>
          {line.choices.map(({ id, name }) => (
            <Button
              key={id}
              size="small"
              loading={choosing}
              onClick={() => {
                choose(line.number, id);
              }}
            >
              {name}
            </Button>
          ))}
          <Button
            size="small"
            type="dashed"
            loading={choosing}
            onClick={() => {
              choose(line.number);
            }}
          >
            {t("source.chooseNew")}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

/** A relation is told by the other end's name, alone or with more. */
function told(value: unknown): string {
  const named = typeof value === "object" && value !== null && "name" in value;
  return plainValue(named ? value.name : value);
}

function Named({ line, written }: { line: ImportLine; written: boolean }) {
  const name = line.name || line.key || "–";
  return written && line.item ? <Link to={`/items/${line.item}`}>{name}</Link> : <>{name}</>;
}

export function ImportLines({ run }: { run: Import }) {
  const t = useT();
  const written = run.state === "done" || run.state === "undone";
  return (
    <List
      spec={{
        inside: true,
        page: "import-rows",
        topic: "imports",
        path: "/imports/{import_id}/rows",
        blanks: { import_id: run.id },
        rowKey: (row) => String(row.number),
        columns: [
          {
            key: "table",
            label: t("import.table"),
            width: 110,
            hidden: run.tables.length < 2,
            render: (row) => row.table,
          },
          {
            key: "row",
            label: t("import.row"),
            sort: "row",
            width: 70,
            right: true,
            render: (row) => row.row || "–",
          },
          {
            key: "verdict",
            label: t("import.verdict"),
            sort: "verdict",
            width: 100,
            render: (row) => <VerdictMark verdict={row.verdict} />,
          },
          {
            key: "name",
            label: t("import.name"),
            sort: "name",
            width: 220,
            render: (row) => <Named line={row} written={written} />,
          },
          {
            key: "key",
            label: t("import.key"),
            sort: "key",
            width: 170,
            hidden: true,
            render: (row) => row.key,
          },
          {
            key: "problems",
            label: t("import.what"),
            render: (row) => <What line={row} run={run} />,
          },
        ],
        card: (row) => (
          <>
            <span className="card-row">
              <VerdictMark verdict={row.verdict} />
              <b>{row.name || row.key || "–"}</b>
              <span className="spring" />
              <span className="muted">
                {run.tables.length > 1 ? `${row.table} ` : ""}
                {row.row || ""}
              </span>
            </span>
            <What line={row} run={run} />
          </>
        ),
        filters: [
          {
            name: "verdict",
            label: t("import.verdict"),
            options: [...KEPT, ...OF_SOURCES.filter((value) => run[value] > 0)].map((value) => ({
              value,
              label: t(VERDICT_WORDS[value]),
            })),
          },
          ...(run.tables.length > 1
            ? [
                {
                  name: "table" as const,
                  label: t("import.table"),
                  options: run.tables.map(({ table }) => ({ value: table, label: table })),
                },
              ]
            : []),
        ],
        searched: [t("import.name"), t("import.key")],
        empty:
          run.rows === 0
            ? { title: t("import.noLines"), hint: t("import.noLinesHint") }
            : { title: t("import.noRows"), hint: t("import.noRowsHint") },
      }}
    />
  );
}
