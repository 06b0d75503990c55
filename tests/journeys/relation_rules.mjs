/**
 * Several items are related to one at once, from their list, and what is refused says why; then a
 * rule that is declared in the browser relates items by equal values, and lets go when they differ.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, ready, signIn, until, visit } from "./lib.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function choose(page, box, typed, words) {
  await box.click();
  await box.fill(typed);
  await page.locator(".ant-select-item-option:visible").filter({ hasText: words }).first().click();
}

async function relateMany(page, mark, size) {
  const target = await api(page, "POST", "/items", { type: "host", name: `承载 ${mark}` });
  const names = [1, 2, 3].map((number) => `应用 ${mark} ${number}`);
  const apps = [];
  for (const name of names) apps.push(await api(page, "POST", "/items", { type: "application", name }));
  const relations = async () => (await api(page, "GET", `/relations?item=${target.id}`)).items;

  await visit(page, `/items?q=${encodeURIComponent(`应用 ${mark}`)}`);
  if (size === "390") await page.getByRole("button", { name: "多选", exact: true }).click();
  for (const name of names) await page.getByRole("checkbox", { name: `选择 ${name}` }).check();
  await button(page, "建立关系").click();
  const form = page.getByRole("dialog");
  await choose(page, form.getByRole("combobox", { name: "关系" }), "运行", "运行于 →");
  await choose(page, form.getByRole("combobox", { name: "对方配置项" }), mark, `承载 ${mark}`);
  await look(page, `relate-many-${size}`);
  await form.getByRole("button", { name: "建立关系" }).click();
  await until("all are related", async () => (await relations()).length === 3);
  assert.ok((await relations()).every(({ kind }) => kind === "runs-on"));
  await page.getByText("已建立 3 条关系").waitFor();
  return [target, ...apps];
}

const RULE = `kind: relation-rule
name: NAME
label: {zh: 按资产编号托管, en: Hosted by number}
relation: hosted-on
from: {type: application, attribute: name}
to: {type: host, attribute: serial}
`;

async function declare(page, name, size) {
  await visit(page, "/definitions/new");
  await page.getByRole("link", { name: /关系规则/ }).click();
  await page.getByLabel(/^标识/).first().waitFor();
  await look(page, `relation-rule-form-${size}`);
  await button(page, "原文").click();
  await page.getByRole("textbox", { name: "YAML 原文" }).fill(RULE.replaceAll("NAME", name));
  await button(page, "检查").click();
  await page.locator(".definition-found > *").first().waitFor();
  await page.getByRole("button", { name: /(^|\s)保存$/ }).click();
  await page.waitForURL(/\/definitions\/relation-rule\//);
}

async function ruled(page, [host, app], size) {
  const relation = async () =>
    (await api(page, "GET", `/relations?item=${app.id}&kind=hosted-on`)).items[0];
  const serial = async (value) => {
    const { version } = await api(page, "GET", `/items/${host.id}`);
    await api(page, "PATCH", `/items/${host.id}`, { version, attributes: { serial: value } });
  };
  await serial(app.name);
  assert.equal((await relation())?.target.id, host.id);
  await visit(page, `/items/${app.id}?tab=relations`);
  await page.getByText("规则：按资产编号托管").waitFor();
  await ready(page);
  await look(page, `relation-ruled-${size}`);
  const drawn = page.locator("tbody, .cards").getByRole("button", { name: "删除", exact: true });
  assert.equal(await drawn.count(), 1, "only the one that was drawn goes by hand");
  await serial("another");
  assert.equal(await relation(), undefined);
  await page.getByText("规则：按资产编号托管").waitFor({ state: "detached" });
}

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const items = await relateMany(page, mark, size);
  const name = `by-number-${mark}`;
  await declare(page, name, size);
  await ruled(page, items, size);
  await visit(page, "/relations"); // a page of what is deleted would say that it is gone
  await api(page, "DELETE", `/definitions/relation-rule/${name}?consent=true`);
  for (const { id } of items) await api(page, "DELETE", `/items/${id}`);
}

await journey("relation_rules", DESK, (page) => walk(page, "1440"));
await journey("relation_rules_phone", PHONE, (page) => walk(page, "390"));
