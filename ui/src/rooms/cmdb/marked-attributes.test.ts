/** Which columns, filters and words of a search the types bring into a list. */
import { describe, expect, it } from "vitest";
import type { Attribute, ItemType } from "@/api/types";
import { attributeFilter, attributesOf, withSubtypes } from "./marked-attributes";

const attribute = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  label: name,
  type: "text",
  unit: null,
  choices: [],
  required: false,
  to: [],
  list: false,
  filter: false,
  search: false,
  scope: false,
  seen_by: [],
  unique: false,
  group: null,
  help: null,
  default: null,
  minimum: null,
  maximum: null,
  ...more,
});

const type = (name: string, parent: string | null, attributes: Attribute[]): ItemType => ({
  name,
  label: name,
  layer: "infrastructure",
  layer_label: "基础设施",
  icon: "",
  extends: parent,
  abstract: false,
  roles: [],
  attributes,
  groups: [],
  capabilities: ["monitored", "addresses", "documents", "contracts", "impact"],
});

const role = (...values: string[]) =>
  attribute("role", {
    type: "choice",
    choices: values.map((value) => ({ value, label: value })),
  });

const TYPES = [
  type("host", null, [attribute("cores", { type: "number", list: true }), role("db")]),
  type("virtual-host", "host", [attribute("cores", { type: "number" }), role("db", "web")]),
  type("cloud-host", "virtual-host", [attribute("region", { filter: true })]),
  type("disk", null, [attribute("size"), attribute("key", { type: "secret", list: true })]),
];

describe("the chosen types", () => {
  it("bring all that extend them, however far below", () => {
    const names = withSubtypes(TYPES, ["host"]).map(({ name }) => name);
    expect(names).toEqual(["host", "virtual-host", "cloud-host"]);
  });

  it("bring nothing when none is chosen", () => {
    expect(attributesOf(TYPES, [])).toEqual([]);
  });
});

describe("the attributes of the chosen types", () => {
  it("stand once each, marked where any of the types marks them", () => {
    const found = attributesOf(TYPES, ["virtual-host", "host"]);
    expect(found.map(({ name }) => name)).toEqual(["cores", "role", "region"]);
    expect(found.find(({ name }) => name === "cores")?.list).toBe(true);
  });

  it("offer the choices of all the types, none twice", () => {
    const found = attributesOf(TYPES, ["host"]).find(({ name }) => name === "role");
    expect(found?.choices.map(({ value }) => value)).toEqual(["db", "web"]);
  });

  it("never hold a secret", () => {
    expect(attributesOf(TYPES, ["disk"]).map(({ name }) => name)).toEqual(["size"]);
  });
});

describe("the filter of an attribute", () => {
  const words = { yes: "是", no: "否" };
  it.each([
    [attribute("a"), { name: "attribute.a", label: "a", text: true }],
    [
      attribute("cores", { type: "number", unit: "核" }),
      { name: "attribute.cores", label: "cores（核）", range: "number" },
    ],
    [attribute("d", { type: "date" }), { name: "attribute.d", label: "d", range: "day" }],
    [
      attribute("r", { type: "reference", to: ["room"] }),
      { name: "attribute.r", label: "r", remote: "items", types: ["room"] },
    ],
    [
      attribute("b", { type: "boolean" }),
      {
        name: "attribute.b",
        label: "b",
        single: true,
        options: [
          { value: "true", label: "是" },
          { value: "false", label: "否" },
        ],
      },
    ],
    [
      role("db"),
      { name: "attribute.role", label: "role", options: [{ value: "db", label: "db" }] },
    ],
  ])("fits its type: %o", (given, filter) => {
    expect(attributeFilter(given, words)).toEqual(filter);
  });
});
