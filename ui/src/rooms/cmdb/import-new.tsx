/** A file to be imported: it is tried first, and nothing is written by that. */
import { Button, Checkbox, Select } from "antd";
import { useRef, useState, type DragEvent } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useGet, useSend } from "@/api/queries";
import { useT } from "@/language";
import { Icon } from "@/parts/icon";
import { PageFrame } from "@/parts/page";
import { Failed } from "@/parts/states";
import "./import.css";

const MOST = 64 * 2 ** 20;

interface Wishes {
  profile: string;
  source: string;
  type: string;
  clear: boolean;
}

/** The form as the server takes it: the file and what is said beside it. */
function formOf(file: File, wishes: Wishes): FormData {
  const form = new FormData();
  form.append("file", file);
  form.append("dry_run", "true");
  form.append("profile", wishes.profile);
  form.append("source", wishes.source);
  form.append("type", wishes.type);
  if (wishes.clear) form.append("clear", "true");
  return form;
}

function DropPlace({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped) onFile(dropped);
  };
  return (
    <div
      className={over ? "drop-place drop-over" : "drop-place"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={drop}
    >
      <input
        ref={input}
        id="import-file"
        className="drop-input"
        type="file"
        accept=".xlsx,.xlsm,.csv,.txt,.tsv"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) onFile(chosen);
        }}
      />
      <label htmlFor="import-file">
        <Icon name="imports" size={30} />
        <b>{file ? file.name : t("import.drop")}</b>
        <span className="muted">{t("import.dropHint")}</span>
      </label>
    </div>
  );
}

export default function ImportNewPage() {
  const t = useT();
  const go = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [wishes, setWishes] = useState<Wishes>({
    profile: "",
    source: useSearchParams()[0].get("source") ?? "",
    type: "",
    clear: false,
  });
  const sources = useGet("imports", "/sources").data?.items ?? [];
  const profiles = useGet("imports", "/import-profiles").data?.items ?? [];
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const send = useSend(
    (given: File) =>
      answered(
        api.POST("/imports", {
          body: {} as never,
          bodySerializer: () => formOf(given, wishes),
        }),
      ),
    ["imports"],
  );
  const large = file !== null && file.size > MOST;
  const start = (): void => {
    if (file) send.mutate(file, { onSuccess: ({ id }) => void go(`/imports/${id}`) });
  };
  const problem: Problem | null = send.error;
  return (
    <PageFrame ready>
      <section className="card form-page import-new">
        <DropPlace
          file={file}
          onFile={(chosen) => {
            setFile(chosen);
            send.reset();
          }}
        />
        <label>
          <span>{t("import.profile")}</span>
          <Select
            value={wishes.profile}
            onChange={(profile: string) => {
              setWishes({ ...wishes, profile });
            }}
            options={[
              { value: "", label: t("import.profileGuess") },
              ...profiles.map(({ name, label }) => ({ value: name, label })),
            ]}
          />
        </label>
        <label>
          <span>
            {t("source.source")} <small className="muted">{t("source.hint")}</small>
          </span>
          <Select
            value={wishes.source}
            onChange={(source: string) => {
              setWishes({ ...wishes, source });
            }}
            options={[
              { value: "", label: t("source.byHand") },
              ...sources
                .filter(({ name }) => name !== "hand")
                .map(({ name, label }) => ({ value: name, label })),
            ]}
          />
        </label>
        <label>
          <span>
            {t("import.type")} <small className="muted">{t("import.typeHint")}</small>
          </span>
          <Select
            allowClear
            value={wishes.type || null}
            placeholder={t("word.choose")}
            onChange={(type?: string) => {
              setWishes({ ...wishes, type: type ?? "" });
            }}
            showSearch={{ optionFilterProp: "label" }}
            options={types
              .filter(({ abstract }) => !abstract)
              .map(({ name, label }) => ({ value: name, label }))}
          />
        </label>
        <Checkbox
          checked={wishes.clear}
          onChange={(event) => {
            setWishes({ ...wishes, clear: event.target.checked });
          }}
        >
          {t("import.clear")}
        </Checkbox>
        {large ? <p className="refused">{t("import.tooLarge")}</p> : null}
        {problem ? <Failed problem={problem} /> : null}
        <div className="import-acts">
          <Button
            type="primary"
            data-act="try"
            disabled={file === null || large}
            loading={send.isPending}
            onClick={start}
          >
            {t("import.try")}
          </Button>
          <span className="muted">{t("import.tryHint")}</span>
        </div>
      </section>
    </PageFrame>
  );
}
