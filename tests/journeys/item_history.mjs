/**
 * The history of an item: two moments compared, and a change taken back that says why; a business
 * system's model at two moments.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const system = await make("business-system", "体检系统");
  const host = await make("host", "体检主机");
  const then = new Date().toISOString();
  await api(page, "POST", "/relations", { kind: "runs-on", source: system.id, target: host.id });
  await api(page, "PATCH", `/items/${host.id}`, {
    version: host.version, name: `体检主机二 ${mark}`, reason: "换名", ticket: "CHG-9",
  });

  await visit(page, `/items/${host.id}?tab=compare&from=${then}`);
  const changed = page.locator('[data-differs="name"]');
  await changed.getByText(`体检主机二 ${mark}`).waitFor();
  await page.locator('[data-differs="relation.runs-on"]').waitFor();
  await look(page, `compare-item-${size}`);
  await page.locator('[data-moment="compare.yesterday"]').click();
  await page.getByText("尚未建立").waitFor();
  assert.match(page.url(), /from=/);

  await visit(page, `/items/${system.id}?tab=compare&from=${then}`);
  await page.locator(`[data-model="${host.id}"]`).waitFor();
  await look(page, `compare-system-${size}`);

  await visit(page, `/items/${host.id}?tab=changes`);
  await page.getByText("CHG-9").waitFor();
  if (size === "phone") await page.locator('[data-act="choose"]').click();
  await page.getByRole("checkbox", { name: new RegExp(`名称 体检主机二 ${mark}`) }).check();
  await look(page, `history-${size}`);
  await page.locator('[data-mend="take-back"]').click();
  await page.locator('[data-took="back"]').waitFor();
  await page.getByRole("dialog").getByLabel("原因").fill("改错了");
  await look(page, `take-back-${size}`);
  await page.locator('[data-act="take-back"]').click();
  await until("it has its name again", async () =>
    (await api(page, "GET", `/items/${host.id}`)).name === `体检主机 ${mark}`);
  await page.getByText("改错了").first().waitFor();
}

await journey("item-history-desk", DESK, (page) => walk(page, "desk"));
await journey("item-history-phone", PHONE, (page) => walk(page, "phone"));
