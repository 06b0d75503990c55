/** Checks the texts: both languages complete, the same blanks in both, and the house's words. */
import { describe, expect, it } from "vitest";
import { pairs, type Pair, type Pairs } from "./texts";

function flat(source: Pairs, prefix = ""): [string, Pair][] {
  return Object.entries(source).flatMap(([name, value]) =>
    Array.isArray(value)
      ? [[prefix + name, value as unknown as Pair] as [string, Pair]]
      : flat(value as Pairs, `${prefix}${name}.`),
  );
}

const all = flat(pairs);
const blanks = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? "").sort();

describe("every text", () => {
  it.each(all)("%s is there in both languages, with the same blanks", (_key, [zh, en]) => {
    expect(zh.trim()).not.toBe("");
    expect(en.trim()).not.toBe("");
    expect(blanks(zh)).toEqual(blanks(en));
  });

  it.each(all)("%s: the Chinese is Chinese and the English has none", (key, [zh, en]) => {
    const sameInBoth = zh === en;
    expect(sameInBoth || /\p{Script=Han}|^YAML|^SLA/u.test(zh), key).toBe(true);
    expect(/\p{Script=Han}/u.test(en), key).toBe(false);
  });

  /** An event is 事态 and an incident 故障; the bare word could mean either (不良事件 is a system's name). */
  it("never says bare 事件", () => {
    expect(all.filter(([, [zh]]) => zh.replaceAll("不良事件", "").includes("事件"))).toEqual([]);
  });
});
