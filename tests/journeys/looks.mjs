/** Language and theme, on the desk and remembered after a reload; every page draws in both. */
import assert from "node:assert/strict";
import { api, DESK, journey, ready, signIn, until, visit } from "./lib.mjs";

/** What the navigation does not lead to. */
const OTHERS = ["/tickets/new", "/tokens", "/account"];

/** Every page that is declared for the navigation, and the others. */
async function pages(page) {
  const links = await page.locator(".shell-side a").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
  const paths = [...new Set([...links.filter((path) => path !== "/"), ...OTHERS])];
  assert.ok(paths.length >= 16, `only ${paths}`);
  return paths;
}

const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);
const text = (page) => page.evaluate(() => document.body.innerText);

async function wear(page, choice) {
  while ((await page.getAttribute('[data-act="theme"]', "data-choice")) !== choice) {
    const saved = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/me"));
    await page.click('[data-act="theme"]');
    await saved;
  }
}

async function speak(page, language) {
  if ((await page.getAttribute("html", "lang")) === language) return;
  const saved = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/me"));
  await page.click('[data-act="language"]');
  await saved;
  assert.equal(await page.getAttribute("html", "lang"), language);
}

/** What the list shows can be exported as it stands. */
async function exported(page, path) {
  const link = page.locator('[data-act="export"]');
  const answer = await page.evaluate(async (address) => {
    const response = await fetch(address);
    return { status: response.status, type: response.headers.get("Content-Type"), text: response.ok ? "" : await response.text() };
  }, await link.getAttribute("href"));
  assert.equal(answer.status, 200, `export of ${path}: ${answer.text}`);
  assert.match(answer.type, /spreadsheetml/);
}

async function walk(page) {
  for (const path of await pages(page)) {
    await visit(page, path);
    assert.equal(await page.locator(".state-failed").count(), 0, `${path} shows an error: ${await text(page)}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
    if (await page.locator("[data-list]").count()) await exported(page, path);
  }
}

/** A page of many panels asks for its samples in one call. */
async function chartsInOneCall(page) {
  const { items } = await api(page, "GET", "/targets?template=linux-machine");
  const asked = [];
  const note = (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/v1/samples")) asked.push(pathname);
  };
  page.on("request", note);
  await visit(page, `/items/${items[0].item.id}`);
  const panels = page.locator("[data-panel]");
  await until("eight panels", async () => (await panels.count()) >= 8);
  await page.locator('[data-panel][data-drawn="true"]').first().waitFor();
  page.off("request", note);
  assert.deepEqual(asked, ["/api/v1/samples/page"]);
}

await journey("looks", DESK, async (page) => {
  await signIn(page);
  await speak(page, "zh-CN");
  await wear(page, "dark");
  assert.equal(await theme(page), "dark");
  await walk(page);
  await chartsInOneCall(page);
  assert.ok(!/(?<!不良)事件/.test(await text(page)), "bare 事件 on the screen");
  await wear(page, "light");
  assert.equal(await theme(page), "light");
  await speak(page, "en");
  await page.reload();
  await ready(page);
  assert.equal(await page.getAttribute("html", "lang"), "en", "the language is remembered");
  assert.equal(await theme(page), "light", "the theme is remembered");
  await walk(page);
  await speak(page, "zh-CN");
});
