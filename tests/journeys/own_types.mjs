/**
 * An administrator's own type from nothing: inheriting, with attributes of several kinds, a group, a
 * unique one and a switch; items of it, the refusals they meet, a change with data in it, its text,
 * its end. Then a kind of relation that says how many, and its refusal.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, provokes, ready, signIn, visit } from "./lib.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const text = (page) => page.evaluate(() => document.body.innerText);

async function pick(page, within, label, option) {
  await within.getByRole("combobox", { name: label }).last().fill(option);
  await page
    .locator(".ant-select-dropdown:visible .ant-select-item-option")
    .filter({ hasText: option })
    .first()
    .click();
}

async function check(page) {
  await button(page, "检查").click();
  await page.locator(".definition-found > *").first().waitFor();
  return await text(page);
}

/** After a refusal the sign of waiting may still be fading, and is read out with the button. */
async function save(page) {
  await page.getByRole("button", { name: /(^|\s)保存$/ }).click();
}

/** The text of the type as the form wrote it, changed by hand. */
async function rewrite(page, change) {
  await button(page, "原文").click();
  const written = page.getByRole("textbox", { name: "YAML 原文" });
  await written.fill(change(await written.inputValue()));
}

async function makeType(page, name, size) {
  await visit(page, "/definitions/new");
  await page.getByRole("link", { name: /配置项类型/ }).click();
  await button(page, "＋ 添加属性").waitFor();
  await page.getByLabel(/^标识/).first().fill(name);
  await page.getByLabel("名称 · 中文").first().fill("输液泵");
  await page.getByLabel("名称 · 英文").first().fill("Infusion pump");
  await look(page, `own-type-form-${size}`);
  await rewrite(page, () => TYPE.replaceAll("NAME", name));
  assert.match(await check(page), /没有发现错误|✓/);
  await save(page);
  await page.waitForURL(/\/definitions\/item-type\//);
}

const TYPE = `kind: item-type
name: NAME
label: {zh: NAME输液泵, en: Infusion pump}
extends: device
without: [monitored]
groups:
  - {name: use, label: {zh: 使用, en: Use}}
attributes:
  - {name: serial, label: {zh: 序列号, en: Serial number}, type: text, unique: true, required: true, list: true, search: true}
  - {name: channels, label: {zh: 通道数, en: Channels}, type: text, group: use, list: true}
  - {name: checked_on, label: {zh: 检定日期, en: Checked on}, type: date, group: use}
`;

async function makeItem(page, type, name, serial, channels) {
  await visit(page, "/items/new");
  await pick(page, page, "类型", `${type}输液泵`);
  await page.getByLabel("名称", { exact: true }).fill(name);
  await page.getByLabel("序列号").fill(serial);
  await page.getByLabel("通道数").fill(channels);
  await save(page);
}

async function items(page, name, size) {
  await makeItem(page, name, `输液泵 ${name}`, `SN-${name}`, "2");
  await page.waitForURL(/\/items\/[0-9a-f-]{36}$/);
  await ready(page);
  const shown = await text(page);
  assert.match(shown, /使用\s+通道数/, "the group has its heading");
  assert.doesNotMatch(shown, /添加监控对象/, "what is not monitored offers no target");
  await look(page, `own-type-item-${size}`);
  await makeItem(page, name, `输液泵 ${name} 乙`, `ｓｎ－${name}`.replace("－", "-"), "两个");
  await page.getByText(/已是“输液泵 .*”的序列号/).waitFor();
  await look(page, `own-type-refused-${size}`);
  await page.getByLabel("序列号").fill(`SN-${name}-2`);
  await save(page);
  await page.waitForURL(/\/items\/[0-9a-f-]{36}$/);
}

/** Text becomes a number: one value comes along, the other is told and stays. */
async function change(page, name, size) {
  await visit(page, `/definitions/item-type/${name}/edit`);
  await rewrite(page, (was) => was.replace("label: {zh: 通道数, en: Channels}, type: text", "label: {zh: 通道数, en: Channels}, type: number"));
  const found = await check(page);
  assert.match(found, /1 个将换写为新类型的属性值/);
  assert.match(found, /1 个不再符合定义的属性值/);
  await look(page, `own-type-change-${size}`);
  await page.getByRole("checkbox", { name: /我同意/ }).check();
  await save(page);
  await page.waitForURL((at) => !at.pathname.endsWith("/edit"));
  const list = await api(page, "GET", `/items?type=${name}`);
  const held = list.items.map(({ attributes }) => attributes.channels);
  assert.deepEqual(new Set(held), new Set([2, "两个"]));
}

async function end(page, name) {
  const kept = await api(page, "GET", `/definitions/item-type/${name}`);
  assert.match(kept.text, /unique: true/);
  await api(page, "DELETE", `/definitions/item-type/${name}?consent=true`);
  const after = await api(page, "GET", `/item-types`);
  assert.ok(!after.items.some((each) => each.name === name));
}

async function relations(page, name, size) {
  const kind = `docks-${name}`.slice(0, 50);
  const body = `kind: relation-kind\nname: ${kind}\nlabel: {zh: ${name}停靠于, en: docks at}\nreverse_label: {zh: 停靠, en: docks}\nmost_targets: 1\nallowed:\n  - {from_layers: hardware, to: location}\n`;
  await visit(page, "/definitions/new");
  await page.getByRole("link", { name: /关系类型/ }).click();
  await button(page, "检查").waitFor();
  await rewrite(page, () => body);
  await save(page);
  await page.waitForURL(/\/definitions\/relation-kind\//);
  const rooms = [];
  for (const room of ["甲", "乙"]) {
    const made = await api(page, "POST", "/items", { type: "location", name: `${name} ${room}室` });
    rooms.push(made.id);
  }
  const host = await api(page, "POST", "/items", { type: "host", name: `${name} 主机` });
  await api(page, "POST", "/relations", { kind, source: host.id, target: rooms[0] });
  await visit(page, `/items/${host.id}?tab=relations`);
  await button(page, "新建关系").click();
  const dialog = page.getByRole("dialog");
  await pick(page, dialog, "关系", `${name}停靠于`);
  await dialog.getByRole("combobox", { name: "对方配置项" }).fill(`${name} 乙室`);
  await page.locator(".ant-select-item-option").filter({ hasText: `${name} 乙室` }).click();
  assert.equal(await dialog.getByLabel("备用方式").count(), 0, "no standby where the kind has none");
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.getByText(/停靠于”最多 1 个，已有：.*甲室/).waitFor();
  await look(page, `own-kind-refused-${size}`);
  await dialog.getByRole("button", { name: "取消" }).click();
  await api(page, "DELETE", `/definitions/relation-kind/${kind}?consent=true`);
}

async function walk(page, size) {
  /** Without a hyphen: it stands in what people read, and there nothing looks like an inner name. */
  const name = `pump${size}${Date.now().toString(36)}`;
  await signIn(page);
  await makeType(page, name, size);
  await items(page, name, size);
  await change(page, name, size);
  await end(page, name);
  await relations(page, name, size);
}

provokes("/items", 422);
provokes("/relations", 422);
await journey("own-types-desk", DESK, (page) => walk(page, 1440));
await journey("own-types-phone", PHONE, (page) => walk(page, 390));
