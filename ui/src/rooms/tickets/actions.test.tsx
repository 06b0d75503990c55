import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { tell } from "./actions";

const said: string[] = [];
vi.mock("@/parts/toast", () => ({
  toast: (words: string) => {
    said.push(words);
  },
}));

describe("what a refused act tells", () => {
  it.each([
    ["changed_meanwhile", 409, "请再看一遍"],
    ["nothing_promised", 409, "没有承诺"],
    ["no_such_transition", 409, "没有承诺"],
    ["bad_fields", 422, "没有承诺"],
  ])("%s", (code, status, words) => {
    tell(new Problem(status, { code, detail: "没有承诺" }), "请再看一遍");
    expect(said.pop()).toBe(words);
  });
});
