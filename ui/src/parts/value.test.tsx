/** A typed attribute as a reader sees it. */
import { describe, expect, it } from "vitest";
import { show } from "@/testing/screen";
import type { Field } from "./fields";
import { FieldValue, plainValue } from "./value";

const field = (type: string, more: Partial<Field> = {}): Field => ({
  name: "x",
  label: "属性",
  type,
  ...more,
});

const drawn = (type: string, value: unknown, more: Partial<Field> = {}, plain = false) =>
  show(<FieldValue field={field(type, more)} value={value} plain={plain} />).body;

const ROOM = { id: "7", name: "主机房" };

describe("a value", () => {
  it.each([
    ["text", "IBM", "IBM"],
    ["text", "", "–"],
    ["text", null, "–"],
    ["number", 0, "0"],
    ["port", 8080, "8080"],
    ["boolean", false, "否"],
    ["secret", "••••", "••••••"],
    ["date", "2026-11-23", "2026-11-23"],
    ["datetime", "2026-11-23T08:05:09Z", "11/23 16:05"],
    ["list", ["a", "b"], "a、b"],
    ["reference", ROOM, "主机房"],
  ])("of type %s: %o is shown as %s", (type, value, text) => {
    expect(drawn(type, value).textContent).toBe(text);
  });

  it("has its unit behind it, and its choice's label instead of the value", () => {
    expect(drawn("number", 16, { unit: "GiB" }).textContent).toBe("16 GiB");
    expect(drawn("number", 17_179_869_184, { unit: "B" }).textContent).toBe("16 GiB");
    expect(drawn("number", 1e11, { unit: "bit/s" }).textContent).toBe("100 Gbit/s");
    const choices = [{ value: "db", label: "数据库" }];
    expect(drawn("choice", "db", { choices }).textContent).toBe("数据库");
    expect(drawn("choice", "gone", { choices }).textContent).toBe("gone");
  });

  it.each([
    ["email", "a@b.cn", "mailto:a@b.cn"],
    ["phone", "10086", "tel:10086"],
    ["phone", "+86 138 0000 0000", "tel:+8613800000000"],
    ["phone", "+86 10 1234 5678 转 801", "tel:+861012345678;ext=801"],
    ["url", "https://his.local/", "https://his.local/"],
    ["reference", ROOM, "/items/7"],
  ])("of type %s leads where one expects", (type, value, href) => {
    expect(drawn(type, value).querySelector("a")?.getAttribute("href")).toBe(href);
  });

  it.each(["javascript:alert(1)", "javascript://x%0aalert(1)", "ftp://x"])(
    "never becomes a link that is not to a page: %s",
    (url) => {
      expect(drawn("url", url).querySelector("a")).toBeNull();
    },
  );

  it.each([
    ["email", "a@b.cn", "a@b.cn"],
    ["reference", ROOM, "主机房"],
    ["url", "https://his.local/", "https://his.local/"],
  ])("of type %s is no link inside of one", (type, value, text) => {
    const body = drawn(type, value, {}, true);
    expect([body.textContent, body.querySelector("a")]).toEqual([text, null]);
  });
});

describe("a value whose type nobody tells", () => {
  it.each([
    [undefined, "–"],
    [7, "7"],
    [[ROOM, "x"], "主机房、x"],
    [{ a: 1 }, '{"a":1}'],
  ])("%o is %s", (value, text) => {
    expect(plainValue(value)).toBe(text);
  });
});
