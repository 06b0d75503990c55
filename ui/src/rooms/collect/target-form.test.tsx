/** A target is tried before it is saved: misconfigured is not down. */
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { MonitorTemplate, Target } from "@/api/types";
import { show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import { TargetForm } from "./target-form";

const ITEM = { id: "i1", name: "检验服务器", type: "host" };
const TARGET = {
  id: "1",
  version: 3,
  name: "页面",
  item: ITEM,
  template: "prometheus",
  address: "10.0.0.1:9100",
  interval_s: 15,
  timeout_s: 10,
  enabled: true,
  parameters: {},
} as unknown as Target;
const TEMPLATES = [
  { name: "prometheus", label: "Prometheus 页面", driver: "prometheus", parameters: [] },
] as unknown as MonitorTemplate[];
const DEAD = { up: false, reason_text: "连接被拒绝", detail: "", samples: 0, seconds: 0 };

const open = (trial: object | (() => Response)) => {
  const server = new Server({
    "GET /items": page(ITEM),
    "GET /items/i1": ITEM,
    "GET /item-types": page(),
    "GET /monitor-templates": page(...TEMPLATES),
    "POST /targets/check": trial,
    "PATCH /targets/1": TARGET,
  });
  const { user } = show(<TargetForm target={TARGET} templates={TEMPLATES} item={null} />);
  const fill = async (field: string, text: string) => {
    const box = await screen.findByLabelText(field);
    await user.clear(box);
    await user.type(box, text);
  };
  const press = (name: RegExp) => user.click(screen.getByRole("button", { name }));
  return { server, fill, press };
};

it("is saved when a collector reaches it under the new address", async () => {
  const { server, fill, press } = open({ ...DEAD, up: true, samples: 12 });
  await fill("地址", "10.0.0.2:9100");
  await press(/^保\s*存$/);
  await waitFor(() => {
    expect(server.to("/targets/1")).toHaveLength(1);
  });
  expect(server.to("/targets/check")[0]?.body).toMatchObject({
    target: "1",
    address: "10.0.0.2:9100",
  });
});

it("is not saved when nobody answers there, unless one says so", async () => {
  const { server, fill, press } = open(DEAD);
  await fill("地址", "10.0.0.2:9100");
  await press(/^保\s*存$/);
  expect(await screen.findByText("检查失败：连接被拒绝")).toBeDefined();
  expect(server.to("/targets/1")).toHaveLength(0);
  await press(/仍然保存/);
  await waitFor(() => {
    expect(server.to("/targets/1")).toHaveLength(1);
  });
});

it("says beside the field what is wrong with an address", async () => {
  const wrong = () => refused(422, "有误", [{ field: "address", message: "须为 主机:端口" }]);
  const { server, fill, press } = open(wrong);
  await fill("地址", "http//10.0.0.2");
  await press(/^保\s*存$/);
  expect(await screen.findByText("须为 主机:端口")).toBeDefined();
  expect(server.to("/targets/1")).toHaveLength(0);
});

it("asks nobody where only its name changes", async () => {
  const { server, fill, press } = open(DEAD);
  await fill("名称", "检验页面");
  await press(/^保\s*存$/);
  await waitFor(() => {
    expect(server.to("/targets/1")).toHaveLength(1);
  });
  expect(server.to("/targets/check")).toHaveLength(0);
});

it("offers the templates that are for the chosen item alone", async () => {
  const others = [
    ...TEMPLATES,
    { name: "postgresql", label: "PostgreSQL", driver: "postgresql", parameters: [] },
  ] as unknown as MonitorTemplate[];
  const server = new Server({
    "GET /items": page(ITEM),
    "GET /items/i1": ITEM,
    "GET /item-types": page(),
    "GET /monitor-templates": page(...TEMPLATES),
  });
  const { user } = show(<TargetForm target={undefined} templates={others} item="i1" />);
  await waitFor(() => {
    expect(server.to("/monitor-templates")[0]?.query.get("item")).toBe("i1");
  });
  await user.click(await screen.findByLabelText("监控模板"));
  expect(await screen.findByText("Prometheus 页面 · prometheus")).toBeDefined();
  expect(screen.queryByText("PostgreSQL · postgresql")).toBeNull();
});
