/** Where hits lead, and what is remembered of searching. */
import { describe, expect, it } from "vitest";
import { renderHook } from "@testing-library/react";
import { addressOf, listOf, pageOf, type FoundGroup, type Hit } from "./found";
import { forget, remember, useRecent } from "./recent";

const hit: Hit = {
  id: "7",
  name: "n",
  note: "",
  match: "exact",
  by: "",
  by_label: null,
  mark: "",
};
const group = (name: string): FoundGroup => ({
  name,
  scope: name,
  label: name,
  items: [hit],
  total: 1,
  more: false,
});

describe("what was found", () => {
  it.each([
    ["items", "/items/7", "/items?q=a+b"],
    ["people", "/items/7", "/items?q=a+b"],
    ["tickets", "/tickets/7", "/tickets?q=a+b"],
    ["accounts", "/people/7", "/people?q=a+b"],
    ["documents", "/items/7", "/search?q=a+b&scope=documents"],
    ["definitions", "/definitions/7", "/definitions?q=a+b"],
  ])("of %s leads to its page and its list", (name, page, list) => {
    expect(addressOf(group(name), hit)).toBe(page);
    expect(listOf(group(name), "a b")).toBe(list);
  });

  it("has an address with no more than was asked", () => {
    expect(pageOf("放射科", "items")).toBe(`/search?q=${encodeURIComponent("放射科")}&scope=items`);
    expect(pageOf("x")).toBe("/search?q=x");
  });
});

describe("what was searched", () => {
  it("is remembered once each, the newest first, six at most, and forgotten", () => {
    for (const typed of ["a", "b", "c", "d", "e", "f", "g", "b", " ", "g "]) remember(typed);
    const seen = () => renderHook(() => useRecent()).result.current;
    expect(seen()).toEqual(["g", "b", "f", "e", "d", "c"]);
    expect(window.localStorage.getItem("wardround.searched")).toBe(JSON.stringify(seen()));
    forget();
    expect(seen()).toEqual([]);
  });
});
