/** Sign in, refused first; then the three boards, the palette, a list whose state is in the address. */
import assert from "node:assert/strict";
import { BASE, DESK, journey, PASSWORD, ready, signIn, USER, visit } from "./lib.mjs";

async function refusedFirst(page) {
  await page.goto(`${BASE}/tickets?colour=red`);
  await page.waitForURL(/\/sign-in\?next=/);
  await page.fill('[name="user_name"]', USER);
  await page.fill('[name="password"]', `${PASSWORD}-wrong`);
  await page.click('[type="submit"]');
  await page.waitForFunction(() => document.querySelector(".door-refusal")?.textContent !== "");
}

async function backWhereIWas(page) {
  await page.fill('[name="password"]', PASSWORD);
  await page.click('[type="submit"]');
  await ready(page, "/tickets");
  assert.match(page.url(), /\/tickets\?colour=red$/, "sign-in forgot where I wanted to go");
}

async function boards(page) {
  await visit(page, "/boards/systems");
  assert.equal(await page.locator("[data-system]").count(), 45, "the 45 systems");
  await visit(page, "/boards/status");
  await page.waitForSelector('[data-condition="ok"]');
  await visit(page, "/boards/information");
  assert.match(await page.title(), /信息看板/);
}

async function palette(page) {
  await page.keyboard.press("Control+k");
  await page.fill(".palette input", "物资库存及监管系统");
  await page.locator(".palette [role=option]", { hasText: "物资库存及监管系统" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/items\/[0-9a-f-]{36}$/);
  await ready(page);
  assert.match(await page.title(), /物资库存及监管系统/);
}

async function listInTheAddress(page) {
  await visit(page, "/items?layer=business&sort=name");
  const first = await page.locator(".table tbody tr").first().textContent();
  await page.locator(".table thead button").first().click();
  await page.waitForURL(/sort=-name/);
  await page.waitForFunction((before) => document.querySelector(".table tbody tr")?.textContent !== before, first);
  await page.reload();
  await ready(page, "/items");
  assert.equal(await page.locator('th[aria-sort="descending"]').count(), 1, "the order survives a reload");
}

await journey("board", DESK, async (page) => {
  await refusedFirst(page);
  await backWhereIWas(page);
  await page.context().clearCookies();
  await signIn(page);
  await boards(page);
  await palette(page);
  await listInTheAddress(page);
});
