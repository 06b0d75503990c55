/**
 * Items by an expression, at a desk and on a phone: its words are offered as one types, what comes
 * is what the server finds for it, and a mistake stands at its place.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, PHONE, provokes, signIn, until, visit } from "./lib.mjs";

const FIELD = "[data-filter=where]";
const ASKED = "type = host ";
const total = async (page, where) =>
  (await api(page, "GET", `/items?where=${encodeURIComponent(where)}`)).total;
const where = (page) => new URL(page.url()).searchParams.get("where");

async function narrowed(page, expression) {
  await until("the address has the expression", () => where(page) === expression);
  const wanted = await total(page, expression);
  assert.ok(wanted > 0, `nothing is found for ${expression}`);
  await until(`the list says ${wanted}`, async () =>
    (await page.locator("[data-field=total]").innerText()).includes(`共 ${wanted} 条`),
  );
}

async function misled(page) {
  provokes("/items?where=", 422);
  await page.fill(FIELD, "type = hozt");
  if (await page.locator("[data-act=ask]").count()) await page.click("[data-act=ask]");
  else await page.press(FIELD, "Enter");
  const told = page.locator("[data-field=mistake]");
  assert.match(await told.innerText(), /第 8 个字符/);
  assert.equal(await told.locator("mark").innerText(), "hozt");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${over} px too wide`);
}

await journey("expression-desk", DESK, async (page) => {
  await signIn(page);
  await visit(page, "/items");
  await page.click("[data-act=expression]");
  await page.locator(FIELD).pressSequentially("typ");
  await page.locator(".asking-list .ant-select-item-option", { hasText: "类型" }).first().click();
  await page.locator(FIELD).pressSequentially("= hos");
  await page.locator(".asking-list .ant-select-item-option", { hasText: "host" }).first().click();
  assert.equal(await page.inputValue(FIELD), ASKED);
  await page.press(FIELD, "Enter");
  await narrowed(page, ASKED.trim());
  await page.reload();
  assert.equal(await page.inputValue(FIELD), ASKED.trim());
  await misled(page);
});

await journey("expression-phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, "/items");
  await page.getByRole("button", { name: "筛选" }).click();
  const chip = (name) => page.locator(".asking-chips button").filter({ has: page.getByText(name, { exact: true }) });
  await chip("type").click();
  await chip("=").click();
  await page.fill(FIELD, "type = hos");
  await chip("host").click();
  await page.click("[data-act=ask]");
  await narrowed(page, ASKED.trim());
  await misled(page);
});
