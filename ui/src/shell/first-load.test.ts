/** What everybody fetches before the first page is drawn carries no component library and no charts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "..");
const HEAVY = /^(antd|@ant-design|echarts|yaml|codemirror)(\/|$)/;
/** `import … from "x"` and `export … from "x"`, but for types; `import("x")` is fetched later. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;

function fileOf(name: string, from: string): string | undefined {
  const base = name.startsWith("@/") ? join(SRC, name.slice(2)) : resolve(dirname(from), name);
  return [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find(
    (path) => /\.tsx?$/.test(path) && existsSync(path),
  );
}

/** By each file that comes with the first load, which heavy packages it imports. */
function firstLoad(): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  // `pages.ts` gathers the rooms' pages, whatever rooms there are.
  const rooms = readdirSync(join(SRC, "rooms")).map((room) =>
    join(SRC, "rooms", room, "pages.tsx"),
  );
  const waiting = [join(SRC, "main.tsx"), ...rooms.filter((file) => existsSync(file))];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    const names = [...readFileSync(file, "utf8").matchAll(IMPORTS)].map(([, name]) => name ?? "");
    seen.set(
      file,
      names.filter((name) => HEAVY.test(name)),
    );
    for (const name of names) {
      const found = /^(@\/|\.)/.test(name) ? fileOf(name, file) : undefined;
      if (found) waiting.push(found);
    }
  }
  return seen;
}

it("the first load is light", () => {
  const loaded = firstLoad();
  expect(loaded.size).toBeGreaterThan(30);
  const heavy = [...loaded].filter(([, names]) => names.length > 0);
  expect(heavy.map(([file, names]) => `${file.slice(SRC.length)}: ${names.join(", ")}`)).toEqual(
    [],
  );
});
