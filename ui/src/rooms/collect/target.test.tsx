/** A target's page: who collects it, in words. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Route, Routes } from "react-router";
import { show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import TargetPage from "./target";

const TARGET = {
  id: "1",
  version: 1,
  name: "Linux 主机",
  item: { id: "9", name: "检验服务器" },
  template: "linux-machine",
  template_label: "Linux 主机",
  state: "up",
  last_at: null,
  last_seconds: 0.2,
  last_samples: 36,
  unfilled: [{ name: "weblogic_heap_used_ratio", label: "堆使用率" }],
  collector: "01a226bf",
  parameters: {},
};

const open = (collectors: object) => {
  new Server({
    "GET /targets/1": TARGET,
    "GET /monitor-templates": page(),
    "GET /collectors": collectors,
  });
  show(
    <Routes>
      <Route path="/targets/:id" element={<TargetPage />} />
    </Routes>,
    "/targets/1",
  );
};

it("names the collector by its machine and process", async () => {
  open(page({ id: "01a226bf", host: "wr-1", pid: 4711 }));
  expect(await screen.findByText("wr-1（进程 4711）")).toBeDefined();
});

it("tells which metrics of its template it does not give", async () => {
  open(page());
  expect(await screen.findByText(/模板中有 1 项指标没有数据/)).toBeDefined();
  expect(screen.getByText("weblogic_heap_used_ratio")).toBeDefined();
});

it("says of one that runs no longer that it has stopped", async () => {
  open(page());
  expect(await screen.findByText("已停止的采集器")).toBeDefined();
});

it("says of one that never answered since when and why, and does not call it down", async () => {
  new Server({
    "GET /targets/1": {
      ...TARGET,
      state: "never",
      asked_at: "2026-11-23T06:03:00Z",
      reason_text: "地址上没有服务",
      detail: "127.0.0.1:1",
    },
    "GET /monitor-templates": page(),
    "GET /collectors": page(),
  });
  show(
    <Routes>
      <Route path="/targets/:id" element={<TargetPage />} />
    </Routes>,
    "/targets/1",
  );
  expect(await screen.findByText("从未应答")).toBeDefined();
  expect(
    screen.getByText(/^自 2026\/11\/23 .* 起按现在的设置采集，一次也没有应答。/),
  ).toBeDefined();
  expect(screen.getByText(/地址上没有服务 127\.0\.0\.1:1/)).toBeDefined();
  expect(screen.getByText(/下一步：核对地址和设置/)).toBeDefined();
});
