/**
 * A source is declared in the browser, a file is loaded by it, what a second load says otherwise is
 * proposed and accepted, what vanished is held and decided; the item's page tells where values come
 * from, and a value written by hand is left to the sources.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { api, DESK, journey, PHONE, ready, signIn, until, visit } from "./lib.mjs";

const shots = process.env.WARDROUND_JOURNEY_SHOTS;
async function look(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
// Files are worked in one after the other: what collectors found of all machines may come first.
const state = (page, name) =>
  page.locator(`[data-state=${name}]`).first().waitFor({ timeout: 120_000 });

async function yes(page, opener) {
  await opener.click();
  await page.locator(".ant-popover:visible").getByRole("button").last().click();
}

const DEFINITION = (name) => `kind: source
name: ${name}
label: {zh: 机柜台账 ${name}, en: Racks ${name}}
rank: 300
load: full
vanished: retire
most_retired: 20
`;

async function declare(page, name, size) {
  await visit(page, "/definitions/new?kind=source");
  await page.getByLabel(/^标识/).first().waitFor();
  await look(page, `source-form-${size}`);
  await button(page, "原文").click();
  await page.getByRole("textbox", { name: "YAML 原文" }).fill(DEFINITION(name));
  await button(page, "保存").click();
  await until("it is declared", async () => {
    const found = (await api(page, "GET", "/sources?limit=500")).items;
    return found.some((each) => each.name === name);
  });
}

async function load(page, name, rows, size) {
  await visit(page, `/imports/new?source=${name}`);
  await page.getByText(`机柜台账 ${name}`).first().waitFor();
  const text = ["名称,类型,序列号,型号", ...rows].join("\n");
  const file = { name: `${name}.csv`, mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.locator("#import-file").setInputFiles(file);
  if (size) await look(page, `source-load-${size}`);
  await page.locator("[data-act=try]").click();
  await state(page, "checked");
  await yes(page, page.locator("[data-act=apply]"));
  await state(page, "done");
}

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const name = `racks-${mark}`;
  await declare(page, name, size);
  try {
    await loaded(page, name, mark, size);
  } finally {
    await api(page, "DELETE", `/definitions/source/${name}?consent=true`);
  }
}

async function loaded(page, name, mark, size) {
  const rows = [1, 2, 3].map((number) => `机器 ${mark} ${number},host,S-${mark}-${number},R740`);
  await load(page, name, rows, size);
  const item = async (number) => {
    const found = (await api(page, "GET", `/items?q=${encodeURIComponent(mark)}`)).items;
    return found.find((each) => each.name === `机器 ${mark} ${number}`);
  };

  const first = await item(1);
  const body = { version: first.version, attributes: { model: "R940" } };
  await api(page, "PATCH", `/items/${first.id}`, body);
  await load(page, name, rows.slice(0, 1));
  await page.locator("[data-decide=held]").waitFor();
  assert.equal(await page.locator(".import-mapping").count(), 0, "what is done is not tried again");
  await page.locator("[data-proposed='attributes.model']").first().waitFor();
  await look(page, `source-decide-${size}`);
  await yes(page, page.locator("[data-decide=held]").getByRole("button", { name: /确认停用/ }));
  await until("two are retired", async () => !(await item(2)));
  await yes(page, page.locator("[data-decide=proposed]").getByRole("button"));
  await until("it is accepted", async () => (await item(1)).attributes.model === "R740");
  await look(page, `source-decided-${size}`);

  const again = await item(1);
  const edit = { version: again.version, attributes: { model: "R960" } };
  await api(page, "PATCH", `/items/${first.id}`, edit);
  await visit(page, `/items/${first.id}`);
  await page.locator("[data-source-of='attributes.serial']").getByText(name).waitFor();
  await look(page, `source-item-${size}`);
  await yes(page, page.locator("[data-source-of='attributes.model']").getByRole("button"));
  await page.locator("[data-source-of='attributes.model']").getByText("已交还来源").waitFor();

  await visit(page, "/sources");
  await page.locator(`[data-source='${name}']`).waitFor();
  await ready(page);
  await look(page, `sources-${size}`);
}

await journey("sources", DESK, (page) => walk(page, "1440"));
await journey("sources_phone", PHONE, (page) => walk(page, "390"));
