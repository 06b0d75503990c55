import { describe, expect, it } from "vitest";
import { offer, taken, type Vocabulary } from "./expression";

const VOCABULARY: Vocabulary = {
  names: [
    {
      value: "type",
      label: "类型",
      kind: "text",
      values: [
        { value: "server", label: "服务器" },
        { value: "business-system", label: "业务系统" },
        { value: "HL7 v2", label: "HL7 v2" },
      ],
    },
    { value: "memory_gb", label: "内存", kind: "number" },
    { value: "owner", label: "负责人", kind: "reference", leads: true },
    { value: "sealed", label: "铅封", kind: "boolean" },
  ],
};
const words = (text: string, caret = text.length) =>
  offer(VOCABULARY, text, caret).words.map(({ value }) => value);

describe("what fits in an expression", () => {
  it.each([
    ["", ["type", "memory_gb", "owner"]],
    ["mem", ["memory_gb"]],
    ["内存", ["memory_gb"]],
    ["type = server and (ow", ["owner", "owner."]],
    ["not se", ["sealed"]],
    ["owner.me", ["owner.memory_gb"]],
    ["type ", ["=", "!=", "in"]],
    ["memory_gb ", [">=", "<=", "=", "!=", ">", "<"]],
    ["type = ", ["server", "business-system", '"HL7 v2"']],
    ["type = 业务", ["business-system"]],
    ["type in [server, bus", ["business-system"]],
    ["owner.type = ser", ["server"]],
    ["sealed = t", ["true"]],
    ["type = server ", ["and", "or"]],
    ["memory_gb >= 64 a", ["and"]],
    ["memory_gb >= ", []],
    ["type = server", []],
  ])("after “%s”", (text, expected) => {
    expect(words(text).slice(0, expected.length)).toEqual(expected);
    if (expected.length === 0) expect(words(text)).toEqual([]);
  });

  it("looks at the caret, not at the end", () => {
    expect(words("mem and type = server", 3)).toEqual(["memory_gb"]);
  });

  it("puts a word in the place of what was typed", () => {
    const text = "type = bus and sealed";
    expect(taken(text, offer(VOCABULARY, text, 10), "business-system")).toEqual({
      text: "type = business-system and sealed",
      caret: 23,
    });
    expect(taken("type", offer(VOCABULARY, "type", 4), "type")).toEqual({
      text: "type ",
      caret: 5,
    });
  });
});
