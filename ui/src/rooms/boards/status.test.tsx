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

it("tells of what the chosen condition hides", async () => {
  const { body } = open({ ...NONE, down: 2, warning: 3 }, "/boards/status?condition=critical");
  expect(await screen.findByText("没有节点处于“严重”")).toBeDefined();
  expect(body.textContent).toContain("另有 5 个异常节点不在此筛选中。");
});

it("shows beside each alert the ticket that took it in", async () => {
  const alert = (id: string, summary: string) => ({
    id,
    summary,
    severity: "critical",
    started_at: "2026-11-29T01:00:00Z",
  });
  const ticket = (id: string, alerts: string[]) => ({
    id,
    number: id,
    state_label: "待接单",
    colour: "green",
    assignee: { id: "p", name: "吴俊杰" },
    alerts,
  });
  const node = {
    item: { id: "i", name: "数据库服务器 01", type: "host", layer: "hardware" },
    condition: "critical",
    since: null,
    systems: [],
    alerts: [alert("a1", "磁盘将满"), alert("a2", "无应答"), alert("a3", "时钟偏差")],
    tickets: [ticket("EVT-2", ["a2"]), ticket("EVT-1", ["a1", "gone"]), ticket("INC-9", [])],
  };
  new Server({
    "GET /boards/status": { items: [node], next: null, counts: NONE, as_of: "2026-11-29" },
    "GET /item-types": { items: [] },
  });
  const { body } = show(<StatusPage />, "/boards/status");
  await screen.findByText("磁盘将满");
  const lines = [...body.querySelectorAll(".node-troubles > li")].map((line) => line.textContent);
  expect(lines).toEqual([
    "磁盘将满吴俊杰 EVT-1 待接单",
    "无应答吴俊杰 EVT-2 待接单",
    "时钟偏差无工单",
    "另有工单吴俊杰 INC-9 待接单",
  ]);
  await expectAccessible(body);
});
