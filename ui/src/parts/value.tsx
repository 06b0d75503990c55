/** A typed attribute as text, a link or a mark. */
import { Link } from "react-router";
import { useT } from "@/language";
import { quantity } from "@/language/format";
import type { Field } from "./fields";
import { Icon } from "./icon";
import { At } from "./time";
import { YesNo } from "./marks";
import { between } from "./names";

const isRef = (value: unknown): value is { id: string; name: string } =>
  typeof value === "object" && value !== null && "id" in value && "name" in value;

/** Anything the API may send where no definition tells its type. */
export function plainValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (isRef(value)) return value.name;
  if (Array.isArray(value)) return value.map(plainValue).join(between());
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Bytes and bits become what people read; any other number stands as it was entered. */
function numberText({ unit }: Field, value: unknown): string {
  if ((unit === "B" || unit === "bit/s") && typeof value === "number") {
    return quantity(value, unit === "B" ? "bytes" : unit);
  }
  return unit ? `${plainValue(value)} ${unit}` : plainValue(value);
}

/** Stands for a value that the reader may not see: there may be one or none. */
export function Restricted() {
  const t = useT();
  return (
    <span className="restricted" title={t("item.restrictedHint")}>
      <Icon name="lock" size={14} /> {t("item.restricted")}
    </span>
  );
}

interface Props {
  field: Field;
  value: unknown;
  /** Inside of a link or a card, where a link of its own must not stand. */
  plain?: boolean;
}

export function FieldValue({ field, value, plain = false }: Props) {
  const t = useT();
  if (value === null || value === undefined || value === "")
    return <span className="muted">–</span>;
  if (field.type === "boolean") return <YesNo value={value === true} />;
  if (field.type === "datetime") return <At at={String(value)} />;
  if (field.type === "secret") return <span title={t("word.none")}>••••••</span>;
  if (field.type === "choice")
    return <>{field.choices?.find((choice) => choice.value === value)?.label ?? String(value)}</>;
  if (field.type === "port") return <code>{String(value)}</code>;
  if (field.type === "number") return <span className="nowrap">{numberText(field, value)}</span>;
  if (plain) return <>{plainValue(value)}</>;
  if (field.type === "email") return <a href={`mailto:${String(value)}`}>{String(value)}</a>;
  if (field.type === "phone") return <a href={dialled(String(value))}>{String(value)}</a>;
  if (field.type === "url" && /^https?:\/\//.test(String(value)))
    return (
      <a href={String(value)} target="_blank" rel="noopener noreferrer">
        {String(value)}
      </a>
    );
  if (field.type === "reference" && isRef(value))
    return value.id ? <Link to={`/items/${value.id}`}>{value.name}</Link> : value.name;
  if (field.type === "address" || field.type === "network") return <code>{String(value)}</code>;
  return <>{plainValue(value)}</>;
}

/** RFC 3966: a number without blanks, what is behind 转 as its extension. */
function dialled(number: string): string {
  const [line, extension] = number.split("转").map((part) => part.replace(/\s/g, ""));
  return `tel:${line}${extension ? `;ext=${extension}` : ""}`;
}
