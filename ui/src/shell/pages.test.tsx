/** What the rooms declare fits together. */
import { describe, expect, it } from "vitest";
import type { PageEntry } from "@/parts/page-entry";
import { allowed, homeOf, navigation, PAGES, tabs, titleOf } from "./pages";
import { tabOf } from "./phone-tabs";

const everything = [...new Set(PAGES.flatMap(({ needs }) => needs ?? []))];
const paths = (entries: readonly PageEntry[]) => entries.map(({ path }) => path);

describe("the pages that the rooms declare", () => {
  it("have one address each", () => {
    expect(paths(PAGES)).toEqual([...new Set(paths(PAGES))]);
  });

  it("have one place each in their group of the navigation", () => {
    const places = navigation(everything).flatMap(({ name, pages }) =>
      pages.map((entry) => `${name} ${String(entry.navigation.place)}`),
    );
    expect(places).toEqual([...new Set(places)]);
  });

  it.each(PAGES)("$path is named in both languages", ({ title: [zh, en] }) => {
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[A-Z][^\p{Script=Han}]+$/u);
  });

  it.each(PAGES.filter((entry) => entry.navigation ?? entry.tab))(
    "$path is offered with an icon and needs nothing in its address",
    ({ path, icon }) => {
      expect(icon).toBeDefined();
      expect(path).not.toContain(":");
    },
  );
});

describe("navigation", () => {
  it("offers a page only to those who may open it", () => {
    const offered = (permissions: string[]) =>
      paths(navigation(permissions).flatMap((group) => group.pages));
    expect(offered(["access.audit"])).toContain("/audit");
    expect(offered(["access.read"])).not.toContain("/audit");
    expect(offered([])).toEqual(["/account", "/tokens"]);
  });

  it("orders groups as declared and pages by their place, whatever the order of the files", () => {
    const reversed = navigation(everything, [...PAGES].reverse());
    expect(reversed).toEqual(navigation(everything));
    expect(reversed.map(({ name }) => name)).toEqual([
      "boards",
      "handling",
      "configuration",
      "administration",
      "account",
      "doing",
    ]);
  });

  it("takes everybody to the first page that is theirs", () => {
    expect(homeOf(everything)).toBe("/boards/information");
    expect(homeOf(["tickets.read"])).toBe("/tickets");
    expect(homeOf([])).toBe("/account");
  });
});

describe("the phone's tabs", () => {
  it("stand in their order, for those who may open them", () => {
    expect(paths(tabs(everything))).toEqual([
      "/boards/information",
      "/tickets",
      "/alerts",
      "/more",
    ]);
    expect(paths(tabs(["alerts.read"]))).toEqual(["/alerts", "/more"]);
  });

  it.each([
    ["/boards/status", "/boards/information"],
    ["/tickets/7", "/tickets"],
    ["/items", "/more"],
    ["/more", "/more"],
  ])("at %s the tab %s is alight", (pathname, tab) => {
    expect(tabOf(tabs(everything), pathname)?.path).toBe(tab);
  });
});

describe("a page", () => {
  it("is open to all when it needs nothing, else to holders of exactly its permission", () => {
    const page = (needs?: string): PageEntry => ({
      path: "/x",
      title: ["页", "Page"],
      page: () => null,
      ...(needs ? { needs } : {}),
    });
    expect(allowed(page(), [])).toBe(true);
    expect(allowed(page("cmdb.read"), ["cmdb.read_more", "cmdb"])).toBe(false);
    expect(allowed(page("cmdb.read"), ["cmdb.read"])).toBe(true);
  });

  it("tells its title by its address", () => {
    expect(titleOf("/tickets")).toEqual(["工单", "Tickets"]);
  });
});
