import { describe, expect, it } from "vitest";
import { nextSort, readState, writeState } from "./address";

const NAMES = ["state", "colour"];

describe("the address of a list", () => {
  it("gives back exactly what was written into it", () => {
    const state = {
      q: "磁盘 100%",
      sort: { by: "opened_at", down: true },
      columns: ["number", "title"],
      filters: { colour: ["red", "black"] },
    };
    const text = writeState(state, new URLSearchParams()).toString();
    expect(readState(new URLSearchParams(text), NAMES)).toEqual(state);
  });

  it("starts with the initial filters, and stays cleared once they were taken away", () => {
    const initial = { state: "open" };
    expect(readState(new URLSearchParams(), NAMES, initial).filters).toEqual({ state: ["open"] });
    const cleared = writeState(
      { q: "", sort: null, columns: null, filters: {} },
      new URLSearchParams(),
      initial,
    );
    expect(readState(cleared, NAMES, initial).filters).toEqual({});
  });

  it("does not read a stranger's parameters as filters", () => {
    expect(readState(new URLSearchParams("evil=1&state=open"), NAMES).filters).toEqual({
      state: ["open"],
    });
  });

  it("keeps the tab of the page around it", () => {
    const next = writeState(
      { q: "x", sort: null, columns: null, filters: {} },
      new URLSearchParams("tab=alerts"),
    );
    expect(next.get("tab")).toBe("alerts");
  });
});

describe("a click on a column's head", () => {
  it("sorts up, then down, then as usual", () => {
    const up = nextSort(null, "name");
    const down = nextSort(up, "name");
    expect([up, down, nextSort(down, "name")]).toEqual([
      { by: "name", down: false },
      { by: "name", down: true },
      null,
    ]);
  });
});
