/** A place of a text changes; every other character stays. Tried on what is shipped. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { put, same, steps, dotted, take, type Path } from "./values";
import { readYaml } from "./reading";
import { movedUp, valueAt, withKey, without, withValue } from "./yaml-text";

const PACKS = fileURLToPath(new URL("../../../../../packs", import.meta.url));

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith(".yaml") ? [path] : [];
  });
}

/** Every shipped definition alone, the very long ones aside. */
const SHIPPED = files(PACKS)
  .flatMap((path) => readFileSync(path, "utf-8").split(/^---$/m))
  .filter((text) => text.trim() !== "" && text.length < 9_000);
/** One of so many places is tried. */
const SAMPLE = 120;
const PATIENCE_MS = 60_000;

/** The paths to all parts of a value. */
function paths(data: unknown, at: Path = []): Path[] {
  if (typeof data !== "object" || data === null) return [at];
  const below = Object.entries(data).flatMap(([key, value]) =>
    paths(value, [...at, Array.isArray(data) ? Number(key) : key]),
  );
  return at.length > 0 ? [at, ...below] : below;
}

const remarks = (text: string): string[] =>
  text.split("\n").filter((line) => line.trimStart().startsWith("#"));

const LIFE = `# 设备
kind: ticket-type
name: "repair"   # 保修
states:
  # 开始
  - {name: open, label: {zh: 新建, en: Open}, category: new}
  - name: done
    label: 完成   # 一种语言
    category: closed
    requires:
      - cause
      # 结果
      - result
note: |
  第一行
  第二行
last: true
`;

describe("a change of one place", () => {
  it(
    "says what was asked, at each place of each shipped definition",
    () => {
      expect(SHIPPED.length).toBeGreaterThan(60);
      for (const text of SHIPPED) {
        const { data } = readYaml(text);
        const places = paths(data);
        for (const path of places.filter((_path, at) => at % SAMPLE === 0)) {
          const changed = withValue(text, path, "new: 值");
          expect(readYaml(changed).data).toEqual(put(data, path, "new: 值"));
          const shorter = without(text, path);
          expect(
            same(readYaml(shorter).data, take(data, path)),
            `${dotted(path)}\n${shorter}`,
          ).toBe(true);
        }
      }
    },
    PATIENCE_MS,
  );

  it(
    "leaves each line alone that it does not touch",
    () => {
      for (const text of SHIPPED) {
        const { data } = readYaml(text);
        for (const path of paths(data).filter((_path, at) => at % SAMPLE === 0)) {
          if (typeof valueAt(data, path) === "object") continue;
          const changed = withValue(text, path, "x");
          const lines = new Set(text.split("\n"));
          const fresh = changed.split("\n").filter((line) => !lines.has(line));
          expect(fresh.length, `${dotted(path)}\n${changed}`).toBeLessThanOrEqual(1);
          expect(remarks(changed)).toEqual(remarks(text));
        }
      }
    },
    PATIENCE_MS,
  );

  it("keeps remarks, quotes and the order", () => {
    expect(withValue(LIFE, ["name"], "mend")).toBe(LIFE.replace('"repair"', "mend"));
    expect(withValue(LIFE, ["states", 0, "label", "zh"], "新")).toBe(LIFE.replace("新建", "新"));
    expect(withValue(LIFE, ["states", 1, "label"], { zh: "完成", en: "Done" })).toBe(
      LIFE.replace("label: 完成 ", "label: {zh: 完成, en: Done} "),
    );
    expect(withValue(LIFE, ["note"], "一行")).toBe(LIFE.replace("|\n  第一行\n  第二行", "一行"));
  });

  it("adds behind what is there", () => {
    expect(withValue(LIFE, ["states", 1, "requires", 2], "who")).toBe(
      LIFE.replace("      - result\n", "      - result\n      - who\n"),
    );
    expect(withValue(LIFE, ["numbering"], "RP")).toBe(`${LIFE}numbering: RP\n`);
    expect(withValue(LIFE, ["states", 2], { name: "shut", category: "closed" })).toBe(
      LIFE.replace("note:", "  - {name: shut, category: closed}\nnote:"),
    );
    expect(withValue(LIFE, ["fields", 0, "name"], "cause")).toBe(
      `${LIFE}fields:\n  - {name: cause}\n`,
    );
  });

  it("takes out an entry with its lines and no other", () => {
    expect(without(LIFE, ["states", 0])).toBe(LIFE.replace(/ {2}- \{name: open.*\n/, ""));
    expect(without(LIFE, ["states", 1, "name"])).toBe(
      LIFE.replace("name: done\n    label", "label"),
    );
    expect(without(LIFE, ["note"])).toBe(LIFE.replace("note: |\n  第一行\n  第二行\n", ""));
    expect(without(LIFE, ["states", 0, "category"])).toBe(LIFE.replace(", category: new", ""));
  });

  it("moves an entry with its lines, and gives a key another name", () => {
    const moved = movedUp(LIFE, ["states"], 1);
    expect(moved.indexOf("name: done")).toBeLessThan(moved.indexOf("name: open"));
    expect(remarks(moved).map((line) => line.trim())).toEqual(["# 设备", "# 开始", "# 结果"]);
    const flow = "kind: x # 甲\nto: [a, b, c]  # 乙\n";
    expect(movedUp(flow, ["to"], 2)).toBe(flow.replace("b, c", "c, b"));
    expect(withKey(LIFE, ["states", 0, "label", "en"], "de")).toBe(
      LIFE.replace("en: Open", "de: Open"),
    );
  });

  it("begins an empty text", () => {
    expect(withValue("", ["kind"], "layer")).toBe("kind: layer\n");
    expect(withValue("name:\n", ["name"], "a")).toBe("name: a\n");
  });

  it("writes aliases anew where it must", () => {
    const text = "a: &one {x: 1}\nb: *one\n";
    expect(readYaml(withValue(text, ["b", "x"], 2)).data).toEqual({ a: { x: 1 }, b: { x: 2 } });
  });
});

describe("reading", () => {
  it("tells the line of what is no YAML", () => {
    expect(readYaml("a: 1\nb: [1, 2\nc: 3\n").mistake?.line).toBeGreaterThan(1);
    expect(readYaml("on: yes\nat: 2026-01-01\n").data).toEqual({ on: "yes", at: "2026-01-01" });
  });

  it("knows paths as messages write them", () => {
    expect(steps("states[0].label.zh")).toEqual(["states", 0, "label", "zh"]);
    expect(dotted(["states", 0, "label"])).toBe("states[0].label");
  });
});
