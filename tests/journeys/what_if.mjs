/**
 * What if: half of a pair limps and its host stops the system, a room is all that stands in it, the
 * address can be sent, a scenario tells later what is otherwise; on the phone the same by thumb.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, visit } from "./lib.mjs";

async function made(page) {
  const mark = Date.now().toString(36);
  const make = (type, name, attributes = {}) =>
    api(page, "POST", "/items", { type, name: `${name} ${mark}`, attributes });
  const relate = (kind, source, target, more = {}) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id, ...more });
  const system = await make("business-system", "推演系统");
  const room = await make("machine-room", "推演机房");
  const host = await make("host", "推演主机", { location: room.id });
  const pair = [];
  for (const at of [1, 2]) {
    const application = await make("application", `推演应用 ${at}`);
    await relate("uses", system, application, { group: "web", need: 1, standby: "hot" });
    await relate("runs-on", application, host);
    pair.push(application);
  }
  return { mark, system, room, host, pair };
}

const groupOf = (page, group, system) =>
  page.locator(`[data-group="${group}"]`).getByText(system.name);

async function desk(page) {
  await signIn(page);
  const { mark, system, room, pair } = await made(page);
  await visit(page, "/impact/what-if");
  await page.getByText("还没有选择").waitFor();

  await visit(page, `/items/${pair[0].id}`);
  await page.locator('[data-act="what-if"]').click();
  await groupOf(page, "unprotected", system).waitFor();
  assert.ok(page.url().includes(`failed=${pair[0].id}`));
  await look(page, "what-if-half-desk");

  await page.locator('[data-act="save-scenario"]').click();
  await page.getByLabel("名称").fill(`周末 ${mark}`);
  await page.getByRole("dialog").getByRole("button", { name: /保\s*存/u }).click();
  await page.locator('[data-act="open-scenario"]').click();
  await page.getByText("结果与保存时相同").waitFor();
  const scenario = page.url();

  await visit(page, `/items/${room.id}`);
  await page.locator('[data-act="what-if"]').click();
  await groupOf(page, "down", system).waitFor();
  await page.getByText("共停用 2 项").waitFor();
  await page.reload();
  await groupOf(page, "down", system).waitFor();
  await look(page, "what-if-room-desk");

  await api(page, "POST", "/items/delete", { items: [pair[1].id] });
  await visit(page, new URL(scenario).pathname);
  await groupOf(page, "down", system).waitFor();
  await page.locator("[data-compared]").getByText("中断 +1").waitFor();
  await look(page, "what-if-scenario-desk");
  await visit(page, `/impact/scenarios?q=${mark}`);
  await page.getByText(`周末 ${mark}`).first().waitFor();
  await look(page, "what-if-scenarios-desk");
  await visit(page, "/impact/rankings");
  await page.locator('[data-ranking="services"]').click();
  await page.waitForURL(/of=services/u);
  await look(page, "rankings-desk");
  return { room, system };
}

let kept;
await journey("what_if", DESK, async (page) => {
  kept = await desk(page);
});
await journey("what_if_phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, `/impact/what-if?within=${kept.room.id}`);
  await groupOf(page, "down", kept.system).waitFor();
  await page.locator('[data-act="save-scenario"].thumb').waitFor();
  await look(page, "what-if-phone");
  await visit(page, "/impact/rankings");
  await look(page, "rankings-phone");
});
