import { expect, test } from "vitest";
import { inGroups } from "./attribute-groups";

const GROUPS = [
  { name: "care", label: "维护" },
  { name: "empty", label: "空" },
  { name: "size", label: "规格" },
];

test("what stands in no group comes first, then the groups in their order, without empty ones", () => {
  const attributes = [
    { name: "cpu", group: "size" },
    { name: "note", group: null },
    { name: "owner", group: "care" },
    { name: "lost", group: "gone" },
  ];
  const told = inGroups(attributes, GROUPS).map(({ label, attributes: own }) => [
    label,
    own.map(({ name }) => name),
  ]);
  expect(told).toEqual([
    ["", ["note", "lost"]],
    ["维护", ["owner"]],
    ["规格", ["cpu"]],
  ]);
});
