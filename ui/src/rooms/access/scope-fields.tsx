/** Where a role holds: everywhere, for chosen systems and organisations, or for items by a condition. */
import { Segmented, Select } from "antd";
import { useState } from "react";
import { useGet } from "@/api/queries";
import type { Problem } from "@/api/problem";
import type { RoleScope } from "@/api/types";
import { useT } from "@/language";
import { ExpressionField } from "@/parts/list/expression-field";
import { useItemVocabulary } from "@/rooms/cmdb/item-vocabulary";

export const EVERYTHING: RoleScope = {
  everything: true,
  systems: [],
  organisations: [],
  where: "",
};
const NOTHING: RoleScope = { ...EVERYTHING, everything: false };

type By = "everything" | "chosen" | "where";
const byOf = ({ everything, where }: RoleScope): By =>
  everything ? "everything" : where ? "where" : "chosen";

interface Props {
  value?: RoleScope;
  onChange?: (scope: RoleScope) => void;
  /** Why the role reaches nothing, as it was given; it is told until the condition is another. */
  lost: { where: string; problem: string } | undefined;
  /** What was wrong with it when it was sent. */
  refused: string | undefined;
}

export function ScopeFields({ value = EVERYTHING, onChange, lost, refused }: Props) {
  const t = useT();
  const [by, setBy] = useState<By>(byOf(value));
  const choose = (next: By): void => {
    setBy(next);
    onChange?.(next === "everything" ? EVERYTHING : NOTHING);
  };
  return (
    <div className="scope-fields">
      <Segmented<By>
        value={by}
        onChange={choose}
        aria-label={t("person.scope")}
        options={[
          { value: "everything", label: t("person.everything") },
          { value: "chosen", label: t("person.someSystems") },
          { value: "where", label: t("person.byCondition") },
        ]}
      />
      {by === "chosen" ? <Chosen value={value} onChange={onChange} /> : null}
      {by === "where" ? <ByCondition value={value} onChange={onChange} /> : null}
      {by === "where" && lost && lost.where === value.where && lost.problem ? (
        <p className="scope-wrong" role="alert">
          {t("person.reachesNothing")} {lost.problem}
        </p>
      ) : null}
      {refused ? (
        <p className="scope-wrong" role="alert">
          {refused}
        </p>
      ) : null}
    </div>
  );
}

type Inner = Pick<Props, "onChange"> & { value: RoleScope };

function Chosen({ value, onChange }: Inner) {
  const t = useT();
  const systems = useGet("board", "/boards/systems").data?.items ?? [];
  const organisations =
    useGet("items", "/items", { query: { role: ["organisation"], limit: 500 } }).data?.items ?? [];
  return (
    <div className="scope">
      <Select
        mode="multiple"
        placeholder={t("person.systems")}
        aria-label={t("person.systems")}
        showSearch={{ optionFilterProp: "label" }}
        options={systems.map(({ id, name }) => ({ value: id, label: name }))}
        value={value.systems}
        onChange={(ids: string[]) => {
          onChange?.({ ...value, systems: ids });
        }}
      />
      <Select
        mode="multiple"
        placeholder={t("person.organisations")}
        aria-label={t("person.organisations")}
        showSearch={{ optionFilterProp: "label" }}
        options={organisations.map(({ id, name }) => ({ value: id, label: name }))}
        value={value.organisations}
        onChange={(ids: string[]) => {
          onChange?.({ ...value, organisations: ids });
        }}
      />
    </div>
  );
}

/** The condition, and how many items it is true of now, as far as whoever gives it sees them. */
function ByCondition({ value, onChange }: Inner) {
  const t = useT();
  const vocabulary = useItemVocabulary();
  const { where } = value;
  const found = useGet(
    "items",
    "/items",
    { query: { where, limit: 1, retired: true } },
    { enabled: where !== "" },
  );
  const problem: Problem | null = where === "" ? null : found.error;
  return (
    <div className="scope-condition">
      <ExpressionField
        inForm
        name="where"
        label={t("list.expression")}
        value={where}
        vocabulary={vocabulary}
        problem={problem}
        onChange={(next) => {
          onChange?.({ ...value, where: next });
        }}
      />
      <p className="muted" data-field="matching">
        {where !== "" && found.data
          ? t(found.data.total_is_at_least ? "person.matchingMore" : "person.matching", {
              count: found.data.total ?? 0,
            })
          : t("person.conditionHint")}
      </p>
    </div>
  );
}
