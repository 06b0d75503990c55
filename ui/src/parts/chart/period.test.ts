import { describe, expect, it } from "vitest";
import { instants, readPeriod, stepOf } from "./period";

describe("the period in the address", () => {
  it("is the last hour when nothing sensible is said", () => {
    for (const text of [
      "",
      "range=never",
      "from=2026-11-23T09:00Z&to=2026-11-23T08:00Z",
      "from=x&to=y",
    ])
      expect(readPeriod(new URLSearchParams(text)).preset).toBe("h1");
  });

  it("is two fixed instants when both are given in order", () => {
    const period = readPeriod(
      new URLSearchParams("from=2026-11-23T08:00:00Z&to=2026-11-23T09:00:00Z"),
    );
    const [from, to] = instants(period);
    expect(to - from).toBe(3_600_000);
  });
});

describe("the step", () => {
  it.each([
    [900, 5],
    [3600, 15],
    [21_600, 120],
    [86_400, 300],
    [604_800, 3600],
    [2_592_000, 21_600],
  ])("for %s seconds is %s seconds", (span, step) => {
    expect(stepOf(0, span * 1000)).toBe(step);
  });
});
