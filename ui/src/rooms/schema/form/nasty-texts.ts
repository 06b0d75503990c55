/** Texts that somebody may type, paste or be in the middle of typing. */

const DEEP = 20_000;

/** Each with what is wrong with it; nothing where the form shows it. */
export const NASTY: readonly (readonly [string, string | null])[] = [
  ["a: *nope\n", "alias"],
  ["*nope\n", "alias"],
  ["*nope : 1\n", "alias"],
  ["a: &a [*a]\n", "alias"],
  ["a: &a {b: *a}\n", "alias"],
  ["&a a: {<<: *b}\nb: &b {}\n", "alias"],
  ["a: &a {x: 1}\nb: {<<: *a, y: 2}\n", null],
  ["a: &a 1\nb: &a 2\nc: *a\n", null],
  ["a: 1\na: 2\n", "twice"],
  ["1: a\n'1': b\n", "twice"],
  ["a: {b: 1, b: 2}\n", "twice"],
  ["a:\n\t- b\n", "tab"],
  ["\ta: 1\n", "tab"],
  ["a: 1\n---\nb: 2\n", "documents"],
  ["---\na: 1\n...\n---\n", "documents"],
  ["---\nkind: x\n", null],
  ["%YAML 1.1\n---\non: 1\na: 010\n", null],
  ["%YAML 1.2\n---\nkind: x\n", null],
  ["%TAG ! tag:a,2000:\n---\na: !b c\n", "tag"],
  ["a: !!binary aGVsbG8=\n", "tag"],
  ["a: !!js/function 'x'\n", "tag"],
  ["a: !!set {x, y}\n", "tag"],
  ["!!map {a: 1}\n", "tag"],
  ["a: ! 007\n", null],
  ["- a\n- b\n", "whole"],
  ["only words\n", "whole"],
  ["7\n", "whole"],
  ["", null],
  ["\n\n# 备注\n", null],
  ["null\n", null],
  ["[1]: a\n", "key"],
  ["{a: 1}: b\n", "key"],
  ["? [a, b]\n: c\n", "key"],
  ["true: a\n", "key"],
  [": a\n", "key"],
  ["1.0: a\n", "key"],
  ["0x1F: a\n1: b\n", null],
  ["__proto__: {a: 1}\nconstructor: {}\ntoString: 1\n", null],
  ["labels: {__proto__: {a: 1}, constructor: x, toString: [1]}\n", null],
  ["a: [1\n", "yaml"],
  ["a: 'b\n", "yaml"],
  ['a: "\\q"\n', "yaml"],
  ["a: b: c\n", "yaml"],
  ["a: |\n b\n  c\n d\n", null],
  ["a: >-9\n b\n", "yaml"],
  ["}\n", "yaml"],
  ["a: @b\n", "yaml"],
  ["a: \u0000\n", "letter"],
  ["a: \u0007b\n", "letter"],
  ["a: \ud800\n", "letter"],
  ["a: \u2028b\n", "letter"],
  ["a: 1\rb: 2\n", "letter"],
  ["\ufeffa: 1\n", null],
  ["a: 1\r\nb: 2\r\n", null],
  ["[".repeat(DEEP), "deep"],
  ["- ".repeat(DEEP), "deep"],
  ["{a: ".repeat(DEEP), "deep"],
  ["a:\n" + Array.from({ length: 90 }, (_, at) => `${" ".repeat(at + 1)}a:\n`).join(""), "deep"],
  [`a: ${"[".repeat(59)}${"]".repeat(59)}\n`, null],
  [`a: ${"[".repeat(60)}${"]".repeat(60)}\n`, "deep"],
  [
    `a: &a ${"[".repeat(40)}${"]".repeat(40)}\nb: {c: ${"[".repeat(20)}*a${"]".repeat(20)}}\n`,
    "deep",
  ],
  [bomb(), "large"],
  ["a: 1\n".repeat(100_000), "large"],
  [`a: ${"x".repeat(200_000)}\n`, null],
  [
    "label: [1, {zh: 2}]\nname: {a: [b]}\nattributes: 7\norder: x\nabstract: {}\nlabels: [a]\n",
    null,
  ],
  ["attributes: {name: a}\n", null],
  ["attributes: [1, null, [2], {name: [x]}, 'y']\nlabels: {a: null, b: [1], c: {d: 1}}\n", null],
];

/** Each level stands for ten of the one before. */
function bomb(): string {
  const levels = "bcdefghi".split("").map((name, at) => {
    const before = `*${"abcdefgh"[at] ?? ""}`;
    return `${name}: &${name} [${Array(10).fill(before).join(", ")}]\n`;
  });
  return `a: &a [x, x, x, x, x, x, x, x, x, x]\n${levels.join("")}`;
}

const PIECES = [
  ..."&a |*a |*b |<<: |- |? |: |, |[|]|{|}|'|\"|\\|#|%|@|`|!|!!int |!!binary |---\n|...\n|\n|\n  |\n    |\n- |\n\t|\t| |\r\n|~|null|007|0o17|0x1F|1e3|yes|12:30|-|>|>-\n  |%YAML 1.1\n---\n".split(
    "|",
  ),
  "|\n  ",
  "|",
  ...["name: ", "label: ", "attributes: ", "order: ", "abstract: ", "labels: ", "extends: ", "a: "],
  ...[
    "zh: ",
    "\u0000",
    "\u0085",
    "\u2028",
    "\ud800",
    "\ufeff",
    "中",
    "__proto__: ",
    "constructor: ",
  ],
];

/** Texts put together at random, the same each time. */
export function* random(count: number): Generator<string> {
  let seed = 20_260_101;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let at = 0; at < count; at += 1) {
    let text = next(2) === 0 ? "kind: x\nname: y\n" : "";
    for (let pieces = next(14); pieces >= 0; pieces -= 1) text += PIECES[next(PIECES.length)] ?? "";
    yield text;
  }
}
