import { describe, expect, it } from "vitest";

Object.assign(globalThis, { localStorage: { getItem: () => null } });
const { quantity, ticking } = await import("./format");

describe("a quantity", () => {
  it.each([
    [0.1234, "ratio", "12.3%"],
    [12_345, null, "12,345"],
    [14_706, "", "14,706"],
    [3.14159, null, "3.142"],
    [1536, "bytes", "1.5 KiB"],
    [10 * 1024 ** 3, "bytes", "10 GiB"],
    [0.0425, "seconds", "43 ms"],
    [null, "bytes", "–"],
    [7, "cores", "7 cores"],
    [2_500_000, "count", "2.5 M"],
  ])("%s %s is %s", (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });
});

describe("a clock's figure", () => {
  it.each([
    [59, "00:59"],
    [3599, "59:59"],
    [3661, "1:01:01"],
    [-61, "01:01"],
  ])("%s seconds is %s", (seconds, text) => {
    expect(ticking(seconds)).toBe(text);
  });
});
