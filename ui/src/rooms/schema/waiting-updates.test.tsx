/** What the page of definitions says of updates that wait, and how one is taken. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { WaitingUpdates } from "./waiting-updates";

const HOST = {
  pack: "base",
  kind: "item-type",
  kind_label: "配置项类型",
  name: "host",
  what: ["配置项类型“host”（2 个属性值）"],
};
const PACKS = { items: [{ name: "base", label: "基础" }], next: null };
const CHECKED = {
  packs: ["base"],
  changes: [
    {
      change: "changed",
      pack: "base",
      kind: "item-type",
      name: "host",
      was: "",
      file: "types/host.yaml",
      diff: "-  - {name: memory, type: number}",
      dependents: [],
      lost: [],
    },
  ],
  files: [],
  problems: [],
  advice: [],
  aside: [],
  lost: "2 个属性值",
  needs_consent: true,
};

it("says in a line how many wait, and what each would take", async () => {
  new Server({ "GET /packs/updates": { items: [HOST], next: null }, "GET /packs": PACKS });
  const { body } = show(<WaitingUpdates />);
  expect(await screen.findByText("产品升级后，有 1 个定义保持原样，等待决定")).toBeDefined();
  expect(body.querySelector("details")?.open).toBe(false);
  const link = body.querySelector("a");
  expect(link?.textContent).toBe("配置项类型“host”（2 个属性值）");
  expect(link?.getAttribute("href")).toBe("/definitions/item-type/host");
  await expectAccessible(body);
});

it("tells what would be lost before it takes it", async () => {
  const server = new Server({
    "GET /packs/updates": { items: [HOST], next: null },
    "GET /packs": PACKS,
    "POST /packs/base/check-update": CHECKED,
    "POST /packs/base/update": CHECKED,
  });
  const { user } = show(<WaitingUpdates />);
  await user.click(await screen.findByText(/等待决定/));
  await user.click(screen.getByRole("button", { name: "采用新内容" }));
  expect(
    await screen.findByText("采用后将失去：2 个属性值。", { selector: ".refused" }),
  ).toBeDefined();
  // whoever decides sees the new form, too
  expect(screen.getByText(/name: memory/, { selector: "pre" })).toBeDefined();
  const [, confirm] = screen.getAllByRole("button", { name: "采用新内容" });
  if (confirm) await user.click(confirm);
  await screen.findByText("已采用新内容");
  expect(server.to("/packs/base/update").at(-1)?.query.get("consent")).toBe("true");
});

it("says nothing where nothing waits", async () => {
  new Server({ "GET /packs/updates": { items: [], next: null }, "GET /packs": PACKS });
  const { body } = show(<WaitingUpdates />);
  await Promise.resolve();
  expect(body.textContent).toBe("");
});
