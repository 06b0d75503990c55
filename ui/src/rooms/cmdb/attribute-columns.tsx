/** Attributes of items in lists: a column each, those that their types mark shown at once. */
import type { Attribute, Item } from "@/api/types";
import type { Column } from "@/parts/list/types";
import { FieldValue, Restricted } from "@/parts/value";
import { ATTRIBUTE } from "./marked-attributes";

const UNSORTED = new Set(["longtext", "list"]);

export const attributeColumn = (attribute: Attribute): Column<Item> => ({
  key: `${ATTRIBUTE}${attribute.name}`,
  export: `attributes.${attribute.name}`,
  label: attribute.label,
  hidden: !attribute.list,
  right: attribute.type === "number",
  ...(UNSORTED.has(attribute.type) ? {} : { sort: `${ATTRIBUTE}${attribute.name}` }),
  render: (row) =>
    row.restricted.includes(attribute.name) ? (
      <Restricted />
    ) : (
      <FieldValue field={attribute} value={row.attributes[attribute.name]} />
    ),
});

const isFilled = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** On the phone's card: the marked attributes that this item has, in one line. */
export function CardAttributes({
  row,
  attributes,
}: {
  row: Item;
  attributes: readonly Attribute[];
}) {
  const kept = (name: string) => row.restricted.includes(name);
  const filled = attributes.filter(
    ({ list, name }) => list && (kept(name) || isFilled(row.attributes[name])),
  );
  if (filled.length === 0) return null;
  return (
    <span className="card-note">
      {filled.slice(0, 3).map((attribute, place) => (
        <span key={attribute.name}>
          {place > 0 ? " · " : ""}
          {attribute.label}{" "}
          {kept(attribute.name) ? (
            <Restricted />
          ) : (
            <FieldValue plain field={attribute} value={row.attributes[attribute.name]} />
          )}
        </span>
      ))}
    </span>
  );
}
