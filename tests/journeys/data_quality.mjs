/**
 * Data quality: what is out of order is counted, opened as a list, and mended at once for several;
 * what could not be mended is told row by row.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

const count = async (page, finding) =>
  Number(await page.locator(`[data-finding="${finding}"]`).getAttribute("data-count"));

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (name, more) =>
    api(page, "POST", "/items", { type: "host", name: `${name} ${mark}`, ...more });
  const [first, second] = [await make("孤立主机甲"), await make("孤立主机乙")];

  await visit(page, "/data-quality");
  const before = await count(page, "orphan");
  assert.ok(before >= 2, `${before} orphans`);
  await look(page, `data-quality-${size}`);

  await page.locator('[data-finding="orphan"]').click();
  await page.getByRole("heading", { name: "孤立配置项" }).waitFor();
  assert.match(page.url(), /finding=orphan/);
  await page.goto(`${page.url()}&q=${encodeURIComponent(mark)}`);
  await page.getByText(first.name).waitFor();
  if (size === "phone") await page.locator('[data-act="choose"]').click();
  for (const { name } of [first, second])
    await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await look(page, `data-quality-list-${size}`);
  await page.locator('[data-mend="retire"]').click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("原因").fill("已报废");
  await dialog.getByLabel("工单号").fill("CHG-7");
  await look(page, `data-quality-mend-${size}`);
  await dialog.getByRole("button", { name: /保\s*存/ }).click();
  await until("both are gone from the list", async () =>
    (await page.getByText(first.name).count()) === 0);

  await visit(page, `/items/${first.id}?tab=changes`);
  await page.getByText("已报废").first().waitFor();
  await visit(page, "/data-quality");
  await until("two fewer are counted", async () => (await count(page, "orphan")) === before - 2);
}

await journey("data-quality-desk", DESK, (page) => walk(page, "desk"));
await journey("data-quality-phone", PHONE, (page) => walk(page, "phone"));
