/**
 * What supports what, at a desk as a picture and on a phone as a list: many alike are one place,
 * a place says why it is needed, a new relation is drawn as soon as it is made, and the address
 * keeps what is looked at.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const relate = (kind, source, target, more = {}) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id, ...more });
  const system = await make("business-system", "检验系统");
  const application = await make("application", "检验应用");
  const database = await make("database", "检验库");
  await relate("uses", system, application);
  await relate("uses", application, database, { group: "库", need: 1, standby: "hot" });
  for (let number = 0; number < 12; number += 1)
    await relate("runs-on", database, await make("host", `节点${number}`));

  await visit(page, `/items/${database.id}?tab=graph`);
  const node = (item) => page.locator(`[data-node="${item.key}"]`);
  await page.getByText("共 15 项").waitFor();
  await node(system).waitFor();
  await page.getByText(/× 12/).waitFor();
  assert.equal(await page.locator("[data-node]").count(), 4);
  await look(page, `graph-${size}`);

  await node(application).click();
  const panel = page.getByRole("complementary", { name: application.name });
  await panel.getByText(/冗余组 库/).waitFor();
  assert.match(page.url(), new RegExp(`node=${application.id}`));
  await look(page, `graph-panel-${size}`);
  await page.reload();
  await panel.getByRole("button", { name: "关闭" }).click();
  await panel.waitFor({ state: "detached" });

  const late = await make("switch", "新交换机");
  await relate("connects", database, late);
  await until("the new relation is drawn", async () => (await node(late).count()) === 1);

  await page.getByText("支撑它的", { exact: true }).click();
  await until("what it supports is gone", async () => (await node(system).count()) === 0);
  assert.match(page.url(), /way=supported-by/);

  await visit(page, `/items/${system.id}`);
  const which = page.locator("[data-field=parts-which]");
  assert.match(await which.textContent(), /到另一系统或集成平台为止/, "why its model counts more");
  await which.getByRole("link", { name: "服务模型" }).click();
  await page.getByText("服务模型", { exact: true }).waitFor();
  await node(database).waitFor();
  await page.getByText("列表", { exact: true }).click();
  await page.getByText(database.name).first().waitFor();
  assert.match(page.url(), /as=list/);
  const below = await api(page, "GET", `/systems/${system.id}/model/items?sort=-steps`);
  assert.ok(below.items.some(({ id, side }) => id === database.id && side === "supported-by"));
  if (size === "desk") await page.getByText("导出 XLSX").waitFor();
  await look(page, `graph-items-${size}`);

  await visit(page, `/items/${system.id}?tab=graph`);
  await node(database).click();
  await page.getByRole("link", { name: "如何相连" }).click();
  await page.getByText("本项由它支撑，最短 2 步").waitFor();
  await until("only the way is drawn", async () => (await page.locator("[data-node]").count()) === 3);
  assert.match(page.url(), new RegExp(`to=${database.id}`));
  await look(page, `graph-way-${size}`);
  await visit(page, `/items/${database.id}?tab=graph&to=${system.id}`);
  await page.getByText("它由本项支撑，最短 2 步").waitFor();

  const alone = await make("host", "孤零零");
  await visit(page, `/items/${database.id}?tab=graph&to=${alone.id}`);
  await page.getByText("两者没有任何相连的路径").waitFor();
  await visit(page, `/items/${alone.id}?tab=graph`);
  await page.getByText("没有支撑关系").waitFor();
}

await journey("graph-desk", DESK, (page) => walk(page, "desk"));
await journey("graph-phone", PHONE, (page) => walk(page, "phone"));
