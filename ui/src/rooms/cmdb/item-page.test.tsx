/** An item's page: what its type has become, and what changed of it, in the reader's words. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { Route, Routes } from "react-router";
import { signInByToken } from "@/api/session";
import { show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import ItemPage from "./item";

const HOST = {
  id: "1",
  key: "h1",
  name: "检验服务器",
  type: "host",
  type_label: "主机",
  type_retired: false,
  layer_label: "服务器硬件",
  roles: [],
  importance: "A",
  condition: "ok",
  condition_since: null,
  owner: null,
  vendor: null,
  systems: [],
  attributes: { memory: 64 },
  restricted: [],
  unfit: {},
  updated_at: "2026-11-23T08:00:00Z",
  retired_at: null,
};
const TYPES = page({
  name: "host",
  label: "主机",
  groups: [],
  capabilities: ["monitored"],
  attributes: [{ name: "memory", label: "内存", type: "number", unit: "GiB", choices: [], to: [] }],
});
const change = (id: number, field: string, old: unknown, now: unknown) => ({
  id,
  at: "2026-11-23T08:00:00Z",
  actor: { id: "7", name: "李明" },
  field,
  old,
  new: now,
});

const server = (item: object, changes: object[] = []) =>
  new Server({
    "GET /items/1": { ...HOST, ...item },
    "GET /items/1/changes": page(...changes),
    "GET /item-types": TYPES,
    "GET /relation-kinds": page({ name: "runs-on", label: "运行于" }),
    "GET /targets": page(),
    "GET /alerts": page(),
    "GET /tickets": page(),
    "GET /me/views": page(),
  });

const open = (at: string) =>
  show(
    <Routes>
      <Route path="/items/:id" element={<ItemPage />} />
    </Routes>,
    at,
  );

it("says nothing of a type that is in force", async () => {
  server({});
  open("/items/1");
  expect(await screen.findByText("64 GiB")).toBeTruthy();
  expect(screen.queryByRole("note")).toBeNull();
});

it("tells that the type is retired, leads to its definition, and keeps the names of its attributes", async () => {
  const asked = server({ type_retired: true });
  open("/items/1");
  const notice = await screen.findByRole("note");
  expect(notice.textContent).toContain("配置项类型已停用");
  expect(within(notice).getByRole("link").getAttribute("href")).toBe("/definitions/item-type/host");
  expect(await screen.findByText("内存")).toBeTruthy();
  expect(asked.to("/item-types").map(({ query }) => query.get("retired"))).toEqual(["true"]);
});

it("shows a value that its type no longer takes as it stands, with what would fit", async () => {
  server({ attributes: { memory: "much" }, unfit: { memory: "应为数字" } });
  open("/items/1");
  const value = await screen.findByText(/much/);
  expect(value.textContent).toContain("不符合类型现在的定义： 应为数字");
});

it("tells changes by the labels of attributes and relations, with the details of a relation", async () => {
  server({}, [
    change(3, "relation.runs-on", "宿主机一", { name: "宿主机一", standby: "cold", need: 2 }),
    change(2, "attributes.memory", 32, 64),
    change(1, "name", "旧名", "检验服务器"),
  ]);
  open("/items/1?tab=changes");
  await screen.findByText("旧名");
  const rows = screen.getAllByRole("row").slice(1);
  const told = rows.map((row) =>
    within(row)
      .getAllByRole("cell")
      .slice(2, 5)
      .map((cell) => cell.textContent),
  );
  expect(told).toEqual([
    ["关系 运行于", "宿主机一", "宿主机一 · 备用方式 冷备 · 至少需要 2"],
    ["内存", "32", "64"],
    ["名称", "旧名", "检验服务器"],
  ]);
});

it("says of an item that was never measured what to do, and does not call it down", async () => {
  const target = {
    id: "5",
    name: "页面",
    state: "never",
    reason_text: "地址上没有服务",
    asked_at: "2026-11-23T06:03:00Z",
    last_at: null,
  };
  new Server({
    "GET /items/1": { ...HOST, condition: "unknown", parts: null },
    "GET /item-types": TYPES,
    "GET /targets": page(target),
    "GET /alerts": page(),
    "GET /tickets": page(),
    "GET /monitor-templates": page(),
    "GET /items/1/tables": page(),
  });
  open("/items/1");
  expect(await screen.findByText("从未测到")).toBeDefined();
  expect(screen.getByText("从未测到它")).toBeDefined();
  expect(screen.getByText(/一次也没有应答.*地址上没有服务/)).toBeDefined();
});

it("brings a retired item back after it said what comes back and what does not", async () => {
  const account = { id: "me", language: "zh-hans", theme: "system" };
  new Server({ "POST /session/wall": { account, permissions: ["cmdb.write"] } });
  await signInByToken("token");
  const target = { id: "5", name: "页面", state: "paused", last_at: null };
  const asked = new Server({
    "GET /items/1": { ...HOST, version: 4, retired_at: "2026-11-23T06:03:00Z", parts: null },
    "GET /item-types": TYPES,
    "GET /targets": page(target),
    "GET /alerts": page(),
    "GET /tickets": page(),
    "GET /monitor-templates": page(),
    "GET /items/1/tables": page(),
    "POST /items/1/restore": { ...HOST, version: 5 },
  });
  const { user } = open("/items/1");
  await user.click(await screen.findByRole("button", { name: "恢复使用" }));
  expect(await screen.findByText(/1 个监控对象仍停采/)).toBeDefined();
  expect(screen.getByText(/一起恢复/)).toBeDefined();
  expect(asked.to("/items/1/restore")).toHaveLength(0);
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "恢复使用" }));
  await waitFor(() => {
    expect(asked.to("/items/1/restore")[0]?.query.get("version")).toBe("4");
  });
  expect(screen.queryByRole("link", { name: "编辑" })).toBeNull();
});
