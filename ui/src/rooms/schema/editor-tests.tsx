/** A kind of definition as the server tells it, and how a test finds what the editor draws. */
import { screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { page } from "@/testing/server";

export const PUMP = {
  kind: "item-type",
  name: "pump",
  text: "kind: item-type\nname: pump\n",
  version: 3,
};
export const PATH = "/definitions/item-type/pump";
/** What a check finds where nothing is wrong. */
export const FOUND = { changes: [], needs_consent: false, lost: "", problems: [] };

export const KIND = "/definition-kinds/item-type";
const LABEL = {
  oneOf: [{ type: "object", properties: { zh: {}, en: {} } }, { type: "string" }],
};
const SHAPE = {
  $defs: {
    AttributeType: {
      enum: ["text", "number"],
      type: "string",
      "x-words": { text: "文本", number: "数字" },
    },
    Attribute: {
      type: "object",
      properties: {
        name: { type: "string", title: "标识" },
        label: { ...LABEL, title: "名称" },
        type: { $ref: "#/$defs/AttributeType", title: "类型", description: "它的值是什么。" },
        unit: { anyOf: [{ type: "string" }, { type: "null" }], title: "单位", default: null },
      },
      required: ["name", "label", "type"],
    },
  },
  type: "object",
  properties: {
    kind: { const: "item-type" },
    name: { type: "string", title: "标识" },
    label: { ...LABEL, title: "名称" },
    extends: { type: "string", title: "父类型", "x-reference": "item-type" },
    abstract: { type: "boolean", title: "抽象", default: false },
    order: { type: "integer", title: "次序" },
    attributes: { type: "array", items: { $ref: "#/$defs/Attribute" }, title: "属性" },
    labels: { type: "object", additionalProperties: { type: "string" }, title: "标签" },
  },
  required: ["name", "label"],
};
export const OF_KIND = {
  [`GET ${KIND}`]: { name: "item-type", label: "类型", about: "", shape: SHAPE, given: ["root"] },
  "GET /definitions": page({ kind: "item-type", name: "device", label: "设备" }),
};
export const written = () =>
  screen.getByRole<HTMLTextAreaElement>("textbox", { name: "YAML 原文" });
export const asText = (user: UserEvent) => user.click(screen.getByRole("button", { name: "原文" }));
export const asForm = (user: UserEvent) => user.click(screen.getByRole("button", { name: "表单" }));
/** A field by what is written above it. */
export const field = (title: string) => screen.findByLabelText(new RegExp(`^${title}`));
