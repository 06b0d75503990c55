import { describe, expect, it } from "vitest";

Object.assign(globalThis, { localStorage: { getItem: () => null } });
const { chartOptions, scale } = await import("./options");

const GIB = 1024 ** 3;

describe("the axis of a chart", () => {
  it.each([
    [0.62, "ratio", { max: 1, interval: 0.25 }],
    [9.9 * GIB, "bytes", { max: 12 * GIB, interval: 4 * GIB }],
    [700, "bytes", { max: 768, interval: 256 }],
    [37, null, { max: 40, interval: 10 }],
    [0, null, { max: 1, interval: 0.25 }],
  ])("up to %s %s is %o", (top, unit, expected) => {
    expect(scale(top, unit)).toEqual(expected);
  });

  it("of time is the period that was asked for, however little of it has data", () => {
    const lines = [{ name: "cpu", points: [[50, 1]] as [number, number][] }];
    expect(chartOptions(lines, null, "line", "light", [0, 60]).xAxis).toMatchObject({
      min: 0,
      max: 60,
    });
  });

  it.each([1e-6, 0.3, 1, 17, 1e3, 123_456_789])("always holds %s and has few steps", (top) => {
    const { max, interval } = scale(top, "bytes");
    expect(max).toBeGreaterThanOrEqual(top);
    expect(max / interval).toBeLessThanOrEqual(4.0001);
  });
});
