/** What is known of an item, in the groups of its type, and where each value comes from. */
import { Link } from "react-router";
import { useGet } from "@/api/queries";
import type { Item, ItemSources, ItemType } from "@/api/types";
import { useT } from "@/language";
import { Ago } from "@/parts/time";
import { FieldValue, plainValue, Restricted } from "@/parts/value";
import { inGroups } from "./attribute-groups";
import { KnownTo, useItemSources, ValueSource } from "./item-sources";

export function Attributes({ item }: { item: Item }) {
  const t = useT();
  const sources = useItemSources(item);
  const types = useGet("definitions", "/item-types", {
    query: { retired: item.type_retired },
  }).data?.items;
  const type = types?.find(({ name }) => name === item.type);
  const fields = type?.attributes ?? [];
  const known = new Set(fields.map((field) => field.name));
  const filled = fields.filter(
    (field) =>
      item.restricted.includes(field.name) ||
      item.unfit[field.name] !== undefined ||
      (item.attributes[field.name] !== undefined &&
        item.attributes[field.name] !== null &&
        item.attributes[field.name] !== ""),
  );
  const sections = inGroups(filled, type?.groups ?? []);
  const plain = sections.find(({ name }) => name === "");
  const groups = sections.filter(({ name }) => name !== "");
  const others = types ? Object.entries(item.attributes).filter(([name]) => !known.has(name)) : [];
  return (
    <section className="card">
      <h2>{t("item.attributes")}</h2>
      <dl className="pairs">
        <div>
          <dt>{t("item.owner")}</dt>
          <dd>
            <Answering of={item.owner} />
            <ValueSource item={item} field="owner" sources={sources} />
          </dd>
        </div>
        <div>
          <dt>{t("item.vendor")}</dt>
          <dd>
            <Answering of={item.vendor} />
            <ValueSource item={item} field="vendor" sources={sources} />
          </dd>
        </div>
        <div>
          <dt>{t("item.systems")}</dt>
          <dd>
            {item.systems.length === 0
              ? "–"
              : item.systems.map((system) => (
                  <div key={system.id}>
                    <Link to={`/items/${system.id}`}>{system.name}</Link>
                  </div>
                ))}
          </dd>
        </div>
        {plain?.attributes.map((field) => (
          <Attribute key={field.name} field={field} item={item} sources={sources} />
        ))}
        {others.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{plainValue(value)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("item.updated")}</dt>
          <dd>
            <Ago at={item.updated_at} />
          </dd>
        </div>
      </dl>
      {groups.map(({ name, label, attributes }) => (
        <section key={name} aria-label={label}>
          <h3 className="pairs-group">{label}</h3>
          <dl className="pairs">
            {attributes.map((field) => (
              <Attribute key={field.name} field={field} item={item} sources={sources} />
            ))}
          </dl>
        </section>
      ))}
      <KnownTo sources={sources} />
    </section>
  );
}

function Attribute({
  field,
  item,
  sources,
}: {
  field: ItemType["attributes"][number];
  item: Item;
  sources: ItemSources | undefined;
}) {
  return (
    <div>
      <dt>{field.label}</dt>
      <dd>
        {item.restricted.includes(field.name) ? (
          <Restricted />
        ) : item.unfit[field.name] === undefined ? (
          <FieldValue field={field} value={item.attributes[field.name]} />
        ) : (
          <Unfit value={item.attributes[field.name]} why={item.unfit[field.name]} />
        )}
        <ValueSource item={item} field={`attributes.${field.name}`} sources={sources} />
      </dd>
    </div>
  );
}

/** What its type no longer takes is shown as it stands, with what would fit. */
function Unfit({ value, why }: { value: unknown; why: string | undefined }) {
  const t = useT();
  return (
    <>
      {plainValue(value)}
      <small className="refused">
        {t("item.unfitValue")} {why}
      </small>
    </>
  );
}

/** Who answers for it; somebody out of the reader's reach has a name that says so, and no page. */
function Answering({ of }: { of: Item["owner"] }) {
  if (!of?.id) return of?.name ?? "–";
  return <Link to={`/items/${of.id}`}>{of.name}</Link>;
}
