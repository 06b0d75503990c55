/** What the status board says where it lists nothing. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { StatusPage } from "./status";

const NONE = { down: 0, critical: 0, warning: 0, maintenance: 0, unknown: 0, ok: 402 };

const open = (counts: object, at = "/boards/status") => {
  new Server({ "GET /boards/status": { items: [], next: null, counts, as_of: "2026-11-29" } });
  return show(<StatusPage />, at);
};

it("calls all nodes well only where every one is measured", async () => {
  open(NONE);
  expect(await screen.findByText("所有节点正常")).toBeDefined();
});

it("says of how many nothing is known, and leads to them", async () => {
  const { body } = open({ ...NONE, unknown: 194 });
  expect(await screen.findByText("没有已知异常的节点")).toBeDefined();
  expect(body.textContent).toContain("另有 194 个节点没有监控数据");
  const unknown = screen.getByRole("link", { name: "未知 194" });
  expect(unknown.getAttribute("href")).toBe("/items?condition=unknown");
  await expectAccessible(body);
});

it("speaks of the condition that was chosen", async () => {
  open(NONE, "/boards/status?condition=critical");
  expect(await screen.findByText("没有节点处于“严重”")).toBeDefined();
});
