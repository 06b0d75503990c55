/**
 * An attribute that some roles alone see: the administrator says so in the form of the type, a reader
 * looks at the item, the list, the history and the form, and "who can see this" tells why.
 */
import assert from "node:assert/strict";
import {
  api,
  BASE,
  DESK,
  journey,
  look,
  PHONE,
  provokes,
  ready,
  signIn,
  until,
  visit,
} from "./lib.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const text = (page) => page.evaluate(() => document.body.innerText);
const SECOND = "Journey-reader-2026";

const typeText = (name) => `kind: item-type
name: ${name}
label: {zh: ${name}合同, en: ${name}}
layer: hardware
attributes:
  - {name: price, label: {zh: 采购价, en: Price}, type: text, list: true, filter: true, search: true}
  - {name: place, label: {zh: 存放处, en: Kept in}, type: text, list: true}
`;

/** The item has had two prices before anybody restricts them. */
async function furnish(page, name) {
  await api(page, "PUT", `/definitions/item-type/${name}`, { text: typeText(name) });
  const attributes = { price: `${name}-OLD`, place: "档案室" };
  const made = await api(page, "POST", "/items", { type: name, name: `${name} 一号`, attributes });
  const body = { version: made.version, attributes: { price: `${name}-PRICE` } };
  await api(page, "PATCH", `/items/${made.id}`, body);
  return made.id;
}

/** In the form of the type: the attribute's roles. */
async function restrict(page, name, size) {
  await visit(page, `/definitions/item-type/${name}/edit`);
  await page.locator(".entry-head").filter({ hasText: "采购价" }).click();
  const entry = page.locator(".entry-open");
  await entry.getByText(/更多可写的键/).click();
  await entry.getByRole("combobox", { name: /可见角色/ }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: "工程师 · engineer" }).click();
  await page.keyboard.press("Escape");
  await look(page, `attribute-rights-form-${size}`);
  await button(page, "检查").click();
  await page.locator(".definition-found > *").first().waitFor();
  await page.getByRole("button", { name: /(^|\s)保存$/ }).click();
  await page.waitForURL((at) => !at.pathname.endsWith("/edit"));
  const kept = await api(page, "GET", `/definitions/item-type/${name}`);
  assert.match(kept.text, /seen_by: *\[?\s*-?\s*engineer/);
}

/** Somebody who reads everything, with a password of their own. */
async function hire(page, userName) {
  const roles = [{ role: "reader", scope: { everything: true } }];
  const account = await api(page, "POST", "/accounts", { user_name: userName, display_name: `只读 ${userName}`, roles });
  const given = await api(page, "POST", `/accounts/${account.id}/password`);
  return { id: account.id, password: given.password };
}

async function comeAs(page, userName, password) {
  await api(page, "DELETE", "/session");
  await page.goto(`${BASE}/sign-in`);
  await ready(page, "/sign-in");
  await page.fill('[name="user_name"]', userName);
  await page.fill('[name="password"]', password);
  await page.click('[type="submit"]');
  await page.waitForURL((at) => at.pathname !== "/sign-in");
}

async function asReader(page, name, item, size) {
  await visit(page, `/items/${item}`);
  await page.locator(".restricted").first().waitFor();
  const shown = await text(page);
  assert.match(shown, /采购价\s+受限/);
  assert.match(shown, /档案室/);
  assert.ok(!shown.includes(`${name}-PRICE`), "the value is nowhere on the page");
  assert.ok(!shown.includes("谁能看到"), "who sees it is not asked by a reader");
  await look(page, `attribute-rights-item-${size}`);

  await visit(page, `/items/${item}?tab=changes`);
  await page.locator(".restricted").first().waitFor();
  assert.doesNotMatch(await text(page), new RegExp(`${name}-(OLD|PRICE)`), "nor in the history");
  await look(page, `attribute-rights-history-${size}`);

  await visit(page, `/items?type=${name}`);
  await page.locator(".restricted").first().waitFor();
  await look(page, `attribute-rights-list-${size}`);
  await visit(page, `/items?type=${name}&q=${name}-PRICE`);
  await page.getByText(`${name} 一号`).waitFor({ state: "detached" });
}

async function whoSees(page, name, item, reader, size) {
  await visit(page, `/items/${item}?tab=seen-by`);
  await page.getByText(`只读 ${reader}`).first().waitFor();
  assert.match(await text(page), /不可见：\s*采购价/);
  await look(page, `attribute-rights-who-${size}`);
  await visit(page, `/items/${item}?tab=seen-by&attribute=price`);
  await page.getByText(`只读 ${reader}`).first().waitFor({ state: "detached" });
  await page.getByText(/可见：\s*采购价/).first().waitFor();
}

async function walk(page, size) {
  const name = `deal${size}${Date.now().toString(36)}`;
  await signIn(page);
  const item = await furnish(page, name);
  await restrict(page, name, size);
  const reader = `reader-${name}`;
  const { id, password } = await hire(page, reader);
  await whoSees(page, name, item, reader, size);
  await comeAs(page, reader, password);
  await api(page, "POST", "/session/password", { old: password, new: SECOND });
  await until("the reader is signed in", async () => (await api(page, "GET", "/session")).account);
  await asReader(page, name, item, size);
  await api(page, "DELETE", "/session");
  await signIn(page);
  await api(page, "PATCH", `/accounts/${id}`, { active: false });
  const { version } = await api(page, "GET", `/items/${item}`);
  await api(page, "DELETE", `/items/${item}?version=${version}`);
  await api(page, "DELETE", `/definitions/item-type/${name}?consent=true`);
}

provokes("/session", 401);
await journey("attribute-rights-desk", DESK, (page) => walk(page, 1440));
await journey("attribute-rights-phone", PHONE, (page) => walk(page, 390));
