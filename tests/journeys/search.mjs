/** Find anything as one types: by pinyin, with a letter wrong, narrowed; by keyboard, by thumb, by address. */
import assert from "node:assert/strict";
import { BASE, DESK, PHONE, journey, ready, signIn, visit } from "./lib.mjs";

const SHOTS = process.env.WARDROUND_JOURNEY_SHOTS;

async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const options = (page) => page.locator(".palette [role=option]");

async function found(page, typed, name, match) {
  await page.fill(".palette input", typed);
  const hit = options(page).filter({ hasText: name }).first();
  await hit.waitFor();
  if (match) await hit.locator(`[data-match=${match}]`).waitFor();
}

/** A name of the hospital that has Chinese in it, and what it sounds like as the search itself says. */
async function byKeyboard(page) {
  await visit(page, "/boards/systems");
  await page.locator("body").press("/");
  await page.waitForSelector(".palette[open]");
  await page.locator(".palette-foot").waitFor();
  await found(page, "物资库存及监管系统", "物资库存及监管系统");
  await found(page, "wzkcjjgxt", "物资库存及监管系统", "sound");
  await found(page, "wuzikucun", "物资库存及监管系统", "sound");
  await shot(page, "search-desk-sound");
  await found(page, "物资库寸及监管系统", "物资库存及监管系统", "alike");
  await shot(page, "search-desk-alike");
  const input = page.locator(".palette input");
  const active = () => input.getAttribute("aria-activedescendant");
  const first = await active();
  await input.press("ArrowDown");
  assert.notEqual(await active(), first, "down goes to the next");
  await input.press("ArrowUp");
  assert.equal(await active(), first, "and up back");
  await input.press("Enter");
  await page.waitForURL(/\/items\/[0-9a-f-]{36}$/);
  await ready(page);
}

async function nothing(page) {
  await page.keyboard.press("Control+k");
  await page.fill(".palette input", "没有这样的东西在这里");
  await page.locator(".palette-none").waitFor();
  await shot(page, "search-desk-nothing");
  await page.keyboard.press("Escape");
  await page.locator(".palette").waitFor({ state: "detached" });
}

async function recent(page) {
  await page.keyboard.press("Control+k");
  await options(page).filter({ hasText: "物资库寸及监管系统" }).first().waitFor();
  await page.keyboard.press("Escape");
}

async function byAddress(page, name) {
  await page.goto(`${BASE}/search?q=xitong`);
  await ready(page, "/search");
  await page.locator("[data-group=items] a").first().waitFor();
  await shot(page, `search-${name}-page`);
  const link = page.locator("[data-group=items] header a");
  assert.match(await link.getAttribute("href"), /^\/items\?q=xitong$/, "the group leads to the list");
  await page.locator('[data-scope="tickets"]').click();
  await page.waitForURL(/scope=tickets/);
  await page.locator('.state, [data-group="tickets"]').first().waitFor();
  assert.equal(await page.locator("[data-group=items]").count(), 0, "only tickets");
  await page.fill("input[name=q]", "！没有这样的工单");
  await page.locator(".state").waitFor();
  await shot(page, `search-${name}-nothing`);
  await page.fill("input[name=q]", "");
  await page.locator(".state").waitFor();
  await shot(page, `search-${name}-beginning`);
}

async function byThumb(page) {
  await visit(page, "/boards/information");
  await page.locator("[data-act=palette]").tap();
  await page.waitForSelector(".palette[open]");
  await found(page, "wuzikucun", "物资库存及监管系统", "sound");
  await shot(page, "search-phone-palette");
  const hit = options(page).first();
  const box = await hit.boundingBox();
  assert.ok(box.height >= 44, `a hit is ${box.height} px high`);
  assert.ok(box.x >= 0 && box.x + box.width <= 390, "and within the screen");
  await hit.tap();
  await page.waitForURL(/\/items\/[0-9a-f-]{36}$/);
  await ready(page);
}

await journey("search-desk", DESK, async (page) => {
  await signIn(page);
  await byKeyboard(page);
  await nothing(page);
  await recent(page);
  await byAddress(page, "desk");
});

await journey("search-phone", PHONE, async (page) => {
  await signIn(page);
  await byThumb(page);
  await byAddress(page, "phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
});
