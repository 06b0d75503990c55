/**
 * The unified view: from the whole hospital down to a zone's topology and a system's model, to one
 * item with what is open for it, and back up; an address leads to its item, its zone, its system.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, ready, signIn, until, visit } from "./lib.mjs";

/** A zone with one network, and a system that runs on a host in it. */
async function made(page, mark, net) {
  const make = (type, name, attributes = {}) =>
    api(page, "POST", "/items", { type, name: `${name} ${mark}`, attributes });
  const relate = (kind, source, target) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id });
  const zone = await make("network-zone", "设备网");
  await make("subnet", "设备网段", { network: `10.77.${net}.0/24`, zone: zone.id });
  const system = await make("business-system", "影像系统");
  const application = await make("application", "影像应用");
  const host = await make("host", "影像主机", { management_address: `10.77.${net}.9` });
  const apart = await make("switch", "上联交换机");
  await relate("uses", system, application);
  await relate("runs-on", application, host);
  await relate("connects", host, apart);
  return { zone, system, application, host };
}

/** A card is put elsewhere, stays there, and goes back to where the layout has it. */
async function moved(page, card) {
  const before = await card.boundingBox();
  await page.mouse.move(before.x + 20, before.y + 20);
  await page.mouse.down();
  await page.mouse.move(before.x + 200, before.y + 20, { steps: 5 });
  await page.mouse.up();
  await page.getByText("您摆放过").waitFor();
  await card.press("Shift+ArrowRight");
  const put = async () => Math.round((await card.boundingBox()).x - before.x);
  await until("the card is where it was put", async () => (await put()) === 204);
  await page.reload();
  await until("it stays there", async () => (await card.count()) === 1 && (await put()) === 204);
  await page.getByRole("button", { name: "恢复自动布局" }).click();
  await until("it is laid out anew", async () => (await put()) === 0);
}

async function walk(page, size, net) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const { zone, system, application, host } = await made(page, mark, net);
  const node = (item) => page.locator(`[data-node="${item.key}"]`);

  await visit(page, "/unified-view");
  const area = page.locator(`[data-zone="${zone.name}"]`);
  await area.getByText("1 个系统 · 4 项").waitFor();
  if (size === "desk") await area.locator(`[data-system="${system.name}"]`).waitFor();
  await look(page, `unified-${size}`);

  await area.getByRole("link", { name: `打开 ${zone.name} 的拓扑` }).click();
  await node(host).waitFor();
  assert.match(page.url(), new RegExp(`zone=${zone.id}`));
  assert.equal(await node(application).count(), 0);
  await look(page, `unified-zone-${size}`);

  await node(host).click();
  const panel = page.getByRole("complementary", { name: host.name });
  await panel.getByText("没有未结工单和未恢复告警").waitFor();
  await look(page, `unified-panel-${size}`);
  await page.reload();
  await panel.getByRole("link", { name: system.name }).click();
  await node(application).waitFor();
  assert.match(page.url(), new RegExp(`system=${system.id}`));
  await look(page, `unified-system-${size}`);

  if (size === "desk") await moved(page, node(application));

  await page.goBack();
  await node(application).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "全院" }).click();
  await area.waitFor();

  const find = page.getByRole("combobox", { name: "按名称或地址查找" });
  await find.fill(`10.77.${net}.9`);
  await page.getByText(`影像主机 ${mark}`).first().waitFor();
  await find.press("Enter");
  await panel.waitFor();
  assert.match(page.url(), new RegExp(`node=${host.id}`));
  await find.fill(`10.77.${net}.200`);
  await page.getByText(`地址 10.77.${net}.200 在 ${zone.name}`).waitFor();

  await visit(page, "/unified-view?zone=nowhere");
  await ready(page, "/unified-view");
  await page.getByText("不属于任何区域").first().waitFor();
}

/** Networks of this run alone: of two zones that claim one, the first would have it. */
const run = Math.floor(Math.random() * 125);
await journey("unified-desk", DESK, (page) => walk(page, "desk", 2 * run));
await journey("unified-phone", PHONE, (page) => walk(page, "phone", 2 * run + 1));
