/**
 * The recycle bin: what goes with items is told before they are deleted, then they are nowhere but
 * there, and come back with their relations. Two that are one are merged: the old address leads on.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const [app, host] = [await make("application", "误建应用"), await make("host", "误建主机")];
  const ends = { kind: "runs-on", source: app.id, target: host.id };
  await api(page, "POST", "/relations", ends);

  await visit(page, `/items?q=${encodeURIComponent(mark)}`);
  await page.getByText(host.name).waitFor();
  if (size === "phone") await page.locator('[data-act="choose"]').click();
  for (const { name } of [app, host])
    await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await page.locator('[data-act="delete-many"]').click();
  const dialog = page.getByRole("dialog");
  await dialog.locator('[data-effect="relations"]').first().waitFor();
  await dialog.getByLabel("原因").fill("重复录入");
  await look(page, `recycle-bin-delete-${size}`);
  await dialog.getByRole("button", { name: /删\s*除/ }).click();
  await until("both are gone from the list", async () =>
    (await page.getByText(host.name).count()) === 0);

  await visit(page, `/recycle-bin?q=${encodeURIComponent(mark)}`);
  await page.getByText(host.name).waitFor();
  await look(page, `recycle-bin-${size}`);
  if (size === "phone") await page.locator('[data-act="choose"]').click();
  for (const { name } of [app, host])
    await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await page.locator('[data-act="restore-many"]').click();
  const back = page.getByRole("dialog");
  await back.locator('[data-became="restored"]').nth(1).waitFor();
  await look(page, `recycle-bin-restore-${size}`);
  await back.getByRole("button", { name: /恢\s*复/ }).click();
  await until("both are gone from the bin", async () =>
    (await page.getByText(host.name).count()) === 0);
  const related = await api(page, "GET", `/relations?item=${host.id}`);
  assert.equal(related.total, 1);

  const twin = await make("host", "误建主机双");
  await visit(page, `/items?type=host&q=${encodeURIComponent(mark)}`);
  await page.getByText(twin.name).waitFor();
  if (size === "phone") await page.locator('[data-act="choose"]').click();
  for (const box of await page.getByRole("checkbox", { name: /误建主机/ }).all()) await box.check();
  await page.locator('[data-act="merge"]').click();
  const merge = page.getByRole("dialog");
  await merge.locator('[data-field="stays"]').getByText(twin.name).click();
  await merge.locator('[data-field="name"]').getByText(host.name, { exact: true }).click();
  await until("the relation is carried over", async () =>
    (await merge.locator('[data-field="carried"]').textContent()).includes("关系 1"));
  await look(page, `merge-${size}`);
  await merge.getByRole("button", { name: /合\s*并/ }).click();
  await merge.waitFor({ state: "hidden" });
  await page.goto(page.url().replace(/\/items.*/, `/items/${host.id}`));
  await page.waitForURL(new RegExp(twin.id));
  const items = [app.id, twin.id];
  await api(page, "POST", "/items/delete", { items });
  await api(page, "POST", "/recycle-bin/purge", { items: [...items, host.id] });
}

await journey("recycle-bin-desk", DESK, (page) => walk(page, "desk"));
await journey("recycle-bin-phone", PHONE, (page) => walk(page, "phone"));
