/** Whatever is typed is read, or told about with its line; nothing breaks what asks. */
import { describe, expect, it } from "vitest";
import { NASTY, random } from "./nasty-texts";
import { readDefinition, readYaml } from "./reading";
import { isMapping, same, put, take } from "./values";
import { placeIn } from "./places";
import { without, withValue } from "./yaml-text";

const TEXTS = 4_000;
const PATIENCE_MS = 60_000;

describe("a text of a definition", () => {
  it.each(NASTY)(
    "%.40j is shown, or not for a reason that is told",
    (text, why) => {
      const { data, mistake } = readDefinition(text);
      expect(mistake?.why ?? null).toBe(why);
      if (mistake) {
        expect(mistake.line).toBeGreaterThan(0);
        expect(mistake.line).toBeLessThanOrEqual(text.split("\n").length);
      } else expect(data === null || isMapping(data)).toBe(true);
    },
    PATIENCE_MS,
  );

  it("tells the line and the word", () => {
    const unshown = (text: string) => readDefinition(text).mistake;
    expect(unshown("a: 1\nb:\n  c: *nope\n")).toEqual({
      line: 3,
      column: 6,
      why: "alias",
      word: "*nope",
    });
    expect(unshown("a: 1\nb: 2\na: 3\n")).toMatchObject({ line: 3, why: "twice", word: "a" });
    expect(unshown("a: 1\n---\nb: 2\n")).toMatchObject({ line: 3 });
    expect(unshown("a: [1, 2\nc: 3\n")?.line).toBe(2);
    expect(unshown("a: 1\nb: \u0007\n")).toMatchObject({ line: 2, column: 4, word: "U+0007" });
  });

  it(
    "is read, changed at each key and found again, put together at random",
    () => {
      let shown = 0;
      for (const text of random(TEXTS)) {
        const { data, mistake } = readDefinition(text);
        if (mistake) continue;
        shown += 1;
        expect(placeIn(text, ["none", 3]).line).toBeGreaterThan(0);
        const added = withValue(text, ["fresh", "key"], "007");
        expect(same(readYaml(added).data, put(data, ["fresh", "key"], "007")), text).toBe(true);
        for (const key of isMapping(data) ? Object.keys(data) : []) {
          expect(
            same(readYaml(withValue(text, [key], "no")).data, put(data, [key], "no")),
            text,
          ).toBe(true);
          expect(same(readYaml(without(text, [key])).data, take(data, [key])), text).toBe(true);
        }
      }
      expect(shown).toBeGreaterThan(100);
    },
    PATIENCE_MS,
  );
});

describe("what aliases lean on", () => {
  const TEXT = `# 头
base: &base {x: 1, y: &deep [a, b]}   # 甲
# 乙
first: *base   # 丙
second: {of: *base}
third: *deep
last: 1
`;

  it("moves to its first use when its entry goes; remarks stay", () => {
    const shorter = without(TEXT, ["base"]);
    expect(shorter).toBe(
      TEXT.replace(/base: .*\n/, "")
        .replace("first: *base", "first: &base {x: 1, y: [a, b]}")
        .replace("third: *deep", "third: &deep [a, b]"),
    );
    expect(readYaml(shorter).data).toEqual(take(readYaml(TEXT).data, ["base"]));
  });

  it("stays as it was where its own place is changed", () => {
    const changed = withValue(TEXT, ["base"], "plain");
    expect(changed).toContain("base: plain   # 甲");
    expect(readYaml(changed).data).toEqual(put(readYaml(TEXT).data, ["base"], "plain"));
  });

  it("is written out where something behind an alias changes, and only there", () => {
    const changed = withValue(TEXT, ["first", "x"], 2);
    expect(changed).toBe(TEXT.replace("first: *base", "first:\n  x: 2\n  y: [a, b]"));
  });

  it("goes with the entry of a list", () => {
    const list = "to:\n  - &one {a: 1}  # 一\n  - *one  # 二\n  - b  # 三\n";
    expect(without(list, ["to", 0])).toBe("to:\n  - &one {a: 1}  # 二\n  - b  # 三\n");
  });

  it("changes a number beyond counting no digit where another key of its line changes", () => {
    const text = "a: {serial: 123456789012345678, b: 1}\n";
    expect(withValue(text, ["a", "c"], 2)).toBe("a: {serial: 123456789012345678, b: 1, c: 2}\n");
  });
});
