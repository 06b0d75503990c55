import { describe, expect, it } from "vitest";
import { rangeText, readRange } from "./range";

describe("a range in the address", () => {
  it.each(["4..8", "4..", "..8", "4", "-3..-1", "2026-01-01..2026-02-01"])(
    "%s is read and written back as it stands",
    (text) => {
      expect(rangeText(readRange(text))).toBe(text);
    },
  );

  it("has no ends when there is none, and is no text then", () => {
    expect(readRange(undefined)).toEqual({ low: "", high: "" });
    expect(rangeText({ low: "", high: "" })).toBe("");
  });
});
