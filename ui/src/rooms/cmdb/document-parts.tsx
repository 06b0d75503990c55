/** What is told of a version wherever it is shown. */
import type { components } from "@/api/schema.gen";
import { API } from "@/api/paths";
import { useT, type TextKey } from "@/language";
import { quantity } from "@/language/format";
import { Glyph } from "@/parts/marks";
import { Icon } from "@/parts/icon";
import { Ago } from "@/parts/time";

export type Version = components["schemas"]["FileVersionOut"];

const WHY = {
  encrypted: "document.why.encrypted",
  damaged: "document.why.damaged",
  "too-much": "document.why.tooMuch",
  "too-long": "document.why.tooLong",
  format: "document.why.format",
  "old-format": "document.why.oldFormat",
  broke: "document.why.broke",
} as const satisfies Record<string, TextKey>;

/** What became of the text in it: whether the search finds it by that. */
export function TextState({ text }: { text: Version["text"] }) {
  const t = useT();
  const n = text.characters.toLocaleString();
  if (text.state === "waiting") return <span className="muted">{t("document.text.waiting")}</span>;
  if (text.why)
    return (
      <span className="document-unread">
        <Glyph shape="triangle" tone="yellow" />
        {t("document.text.unreadable", { why: t(WHY[text.why]) })}
      </span>
    );
  if (text.characters === 0) return <span className="muted">{t("document.text.empty")}</span>;
  return (
    <span className="muted">{t(text.cut ? "document.text.cut" : "document.text.read", { n })}</span>
  );
}

export function FileLink({ document, version }: { document: string; version: Version }) {
  const t = useT();
  const name = version.file_name;
  return (
    <a
      className="file-link"
      href={`${API}/items/${document}/versions/${String(version.number)}/file`}
      download={name}
      title={t("document.fetch", { name })}
    >
      <Icon name="imports" size={16} />
      <span>{name}</span>
    </a>
  );
}

/** Size, age and who, in one line. */
export function VersionFacts({ version }: { version: Version }) {
  const t = useT();
  return (
    <span className="version-facts muted">
      <span>{quantity(version.size, "bytes")}</span>
      <Ago at={version.at} />
      <span>{version.by.name}</span>
      {version.belies ? (
        <span className="document-unread">
          <Glyph shape="triangle" tone="yellow" />
          {t("document.belies", { kind: version.media_type })}
        </span>
      ) : null}
    </span>
  );
}
