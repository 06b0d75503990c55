/** The browser reads a scalar as the server does, and writes a text that is read as that text. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readYaml } from "./reading";
import { withValue } from "./yaml-text";
import { valueText } from "./written";

const FILE = fileURLToPath(new URL("../../../../../tests/schema/scalars.json", import.meta.url));
/** What the server reads, by how it is written. */
const TABLE = JSON.parse(readFileSync(FILE, "utf-8")) as [string, unknown][];
const DIGITS = /^[-+]?\d{16,18}$|^0x[0-9a-f]{14,15}$/i;
const BASE = "kind: x\nat: {here: old, last: 1}\nhere: old   # 备注\n";

describe("a plain scalar", () => {
  it.each(TABLE)("%j is read as the server reads it", (written, value) => {
    const found = readYaml(`k: ${written}`).data as { k: unknown };
    if (typeof value === "number" && DIGITS.test(written)) {
      // JSON has lost the digits of what is compared to; the number itself must have them all.
      expect(String(found.k)).toBe(String(BigInt(written.replace("+", ""))));
    } else expect(found.k).toBe(value === 0 ? 0 : value);
  });

  it.each(TABLE)("%j as a text is written so that it is read as that text", (text) => {
    for (const path of [["here"], ["at", "here"], ["at", "new"], ["list", 0]]) {
      const changed = withValue(BASE, path, text);
      const { data } = readYaml(changed);
      expect(path.reduce((inner, step) => (inner as Record<string, unknown>)[step], data)).toBe(
        text,
      );
      expect(changed).toContain("# 备注");
    }
  });

  it("is put in quotes where another reader would take it for something else", () => {
    const plain = ["yes", "no", "on", "off", "1e3", "0x1F", "12:30", "~", "null", "2026-01-01"];
    for (const text of [...plain, "007", "0o17", "1_000", "true", ""]) {
      expect(valueText(text)).toBe(JSON.stringify(text));
    }
    for (const text of ["A7", "一病区", "10.0.0.1", "a b", "v1.2"])
      expect(valueText(text)).toBe(text);
  });

  it("keeps each letter, those that end a line or cannot be seen too", () => {
    for (const text of ["a\u0085b", "a\u2028b", "\ufeffa", "a\rb", "a\r\nb", "\u0000", "\u007f"]) {
      expect(readYaml(withValue(BASE, ["here"], text)).data).toMatchObject({ here: text });
      expect(readYaml(withValue(BASE, ["new", text], 1)).data).toMatchObject({
        new: { [text]: 1 },
      });
    }
  });
});
