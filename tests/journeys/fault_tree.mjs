/**
 * The fault tree of a system: a pair is one gate, the machine that both stand on is drawn once and
 * referred to; unfolded it is drawn twice; as text; with figures; and as a list on the phone.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, visit } from "./lib.mjs";

async function made(page) {
  const mark = Date.now().toString(36);
  const make = (type, name, attributes = {}) =>
    api(page, "POST", "/items", { type, name: `${name} ${mark}`, attributes });
  const relate = (kind, source, target, more = {}) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id, ...more });
  const system = await make("business-system", "故障树系统");
  const host = await make("host", "两者的主机", { mtbf: 8760, mttr: 4 });
  const power = await make("power", "机房电源", { mtbf: 50_000, mttr: 8 });
  await relate("uses", host, power);
  for (const at of [1, 2]) {
    const application = await make("application", `树上应用 ${at}`);
    await relate("uses", system, application, { group: "web", need: 1, standby: "hot" });
    await relate("runs-on", application, host);
  }
  return { system, host };
}

async function desk(page) {
  await signIn(page);
  const { system, host } = await made(page);
  await visit(page, `/items/${system.id}`);
  await page.getByRole("link", { name: "故障树", exact: true }).click();
  await page.locator('.tree-box[data-kind="and"]').waitFor();
  const boxes = page.locator(".tree-box", { hasText: host.name });
  const folded = await boxes.count();
  assert.equal(await page.locator(".tree-again").count(), 1);
  await look(page, "fault-tree-desk");
  await page.locator(".tree-jump").click();
  assert.ok(page.url().includes("#part-"));

  await page.getByLabel("展开共用部分").click();
  await page.locator(".tree-again").waitFor({ state: "detached" });
  assert.ok((await boxes.count()) > folded, "drawn in full each time");
  await look(page, "fault-tree-unfolded");

  await page.getByText("文字", { exact: true }).click();
  await page.locator(".tree-text").getByText(host.name).first().waitFor();
  await page.getByText("可用度", { exact: true }).click();
  await page.getByText("4 个配置项中有 2 个没有故障间隔").waitFor();
  await page.locator(".tree-weights").getByRole("link", { name: host.name }).waitFor();
  assert.ok(page.url().includes("look=figures"));
  await look(page, "fault-tree-figures");
  await opensAtItsTop(page);
  return { system, host };
}

/** A large tree is higher than its room: what it is of must be in sight all the same. */
async function opensAtItsTop(page) {
  const { services } = await api(page, "GET", "/impact/state");
  const large = services.find((each) => each.name.includes("PACS"));
  await visit(page, `/impact/services/${large.id}/fault-tree`);
  const top = page.locator(".tree-box").first();
  await top.waitFor();
  const [box, room] = [await top.boundingBox(), await page.locator(".tree-room").boundingBox()];
  const inSight = box.y >= room.y && box.y + box.height <= room.y + room.height;
  assert.ok(inSight, "what the tree is of is out of sight");
  await look(page, "fault-tree-large");
}

let kept;
await journey("fault_tree", DESK, async (page) => {
  kept = await desk(page);
});
await journey("fault_tree_phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, `/impact/services/${kept.system.id}/fault-tree`);
  await page.locator(".tree-list").getByRole("link", { name: kept.host.name }).first().waitFor();
  await look(page, "fault-tree-phone");
  await page.getByText("可用度", { exact: true }).click();
  await page.locator(".tree-weights").waitFor();
  await look(page, "fault-tree-figures-phone");
});
