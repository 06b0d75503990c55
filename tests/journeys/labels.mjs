/** Labels of chosen items are laid out for printing; a photo of one leads to its item on the phone. */
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { api, DESK, journey, look, PHONE, ready, signIn, visit } from "./lib.mjs";

const folder = await mkdtemp(join(tmpdir(), "labels-"));
const photo = join(folder, "label.png");
let item = null;

await journey("labels", DESK, async (page) => {
  await signIn(page);
  await visit(page, "/items?type=host");
  for (const at of [0, 1, 2]) await page.getByRole("checkbox", { name: /^选择 / }).nth(at + 1).check();
  await page.locator('[data-act="labels"]').first().click();
  await page.waitForURL(/\/labels\?/);
  await page.locator(".label").nth(2).waitFor();
  assert.equal(await page.locator(".label").count(), 3);
  await look(page, "labels-1440");
  const label = page.locator(".label").nth(1);
  item = await label.getAttribute("data-label");
  await label.screenshot({ path: photo });
});

await journey("scan_phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, "/scan");
  await look(page, "scan-390");
  await page.locator('[data-act="photo"]').setInputFiles(photo);
  await page.waitForURL(new RegExp(`/items/${item}`));
  await ready(page);
  const { name } = await api(page, "GET", `/items/${item}`);
  await page.getByText(name).first().waitFor();
});
