/**
 * Definitions as people use them, at a desk and on a phone: found by kind, read with what lives by
 * them and how they came to be, retired; and what is told where a retired type's item is looked at.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { api, DESK, journey, PHONE, ready, signIn, visit } from "./lib.mjs";

const TYPE = { name: "journey-robot", label: { zh: "巡检机器人", en: "Rounds robot" }, layer: "infrastructure", attributes: [
  { name: "battery", label: { zh: "电量", en: "Battery" }, type: "number", unit: "%" },
] };

const text = (page) => page.evaluate(() => document.body.innerText);

async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${what} is ${over} px too wide`);
  assert.equal(await page.locator(".state-failed").count(), 0, `${what} shows an error: ${await text(page)}`);
}

async function look(page, name) {
  await fits(page, name);
  const shots = process.env.WARDROUND_JOURNEY_SHOTS;
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

async function walk(page, size) {
  await signIn(page);
  await api(page, "PUT", `/definitions/item-type/${TYPE.name}`, { body: TYPE, consent: true });
  const item = await api(page, "POST", "/items", { type: TYPE.name, name: `机器人 ${size}`, attributes: { battery: 80 } });

  await visit(page, `/definitions?kind=item-type&q=${encodeURIComponent(TYPE.label.zh)}`);
  await look(page, `definitions-${size}`);
  assert.match(await text(page), /巡检机器人/);

  await visit(page, `/definitions/item-type/${TYPE.name}`);
  await page.getByText("配置项", { exact: false }).first().waitFor();
  await page.getByRole("heading", { name: "依赖它的", exact: false }).waitFor();
  await look(page, `definition-${size}`);

  await visit(page, `/items/${item.id}`);
  await page.getByText("电量").first().waitFor();
  assert.equal(await page.getByRole("note").count(), 0, "a type in force says nothing");

  await api(page, "DELETE", `/definitions/item-type/${TYPE.name}?consent=true`);
  await visit(page, `/items/${item.id}`);
  const note = page.getByRole("note");
  await note.waitFor();
  assert.match(await note.innerText(), /类型已停用/);
  await page.getByText("电量").first().waitFor();
  await look(page, `item-of-retired-type-${size}`);

  await note.getByRole("link").click();
  await ready(page, `/definitions/item-type/${TYPE.name}`);
  assert.match(await text(page), /已停用/);
  await look(page, `definition-retired-${size}`);
  await api(page, "DELETE", `/items/${item.id}`);
}

await journey("definitions", DESK, (page) => walk(page, "1440"));
await journey("definitions_phone", PHONE, (page) => walk(page, "390"));
