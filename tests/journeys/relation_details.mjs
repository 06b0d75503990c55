/**
 * A relation's details from the page of its item, at a desk and on a phone: made there, given a
 * group and a standby, emptied again, and taken away; each step is in the item's history.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** What stands in a list that is open, by a part of its words. */
async function choose(page, box, typed, words) {
  await box.click();
  if (typed) await box.fill(typed);
  await page.locator(".ant-select-item-option").filter({ hasText: words }).first().click();
}

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const from = await api(page, "POST", "/items", { type: "application", name: `起点 ${mark}` });
  const to = await api(page, "POST", "/items", { type: "host", name: `终点 ${mark}` });
  const relation = async () => (await api(page, "GET", `/relations?item=${from.id}`)).items[0];

  await visit(page, `/items/${from.id}?tab=relations`);

  await button(page, "新建关系").click();
  const form = page.getByRole("dialog");
  await choose(page, form.getByRole("combobox", { name: "关系" }), "运行", "运行于 →");
  await choose(page, form.getByRole("combobox", { name: "对方配置项" }), mark, `终点 ${mark}`);
  await form.getByLabel("冗余组").fill("双机");
  await form.getByLabel("至少需要").fill("1");
  await look(page, `relation-new-${size}`);
  await form.getByRole("button", { name: "保存" }).click();
  await until("the relation is made", async () => (await relation())?.group === "双机");
  assert.equal((await relation()).target.id, to.id);

  await button(page, "编辑").last().click();
  await form.getByLabel("冗余组").waitFor();
  assert.equal(await form.getByLabel("冗余组").inputValue(), "双机");
  await form.getByLabel("冗余组").fill("");
  await form.getByLabel("至少需要").fill("");
  await choose(page, form.getByRole("combobox", { name: "备用方式" }), "", "冷备");
  await form.getByLabel("切换（分钟）").fill("15");
  await look(page, `relation-edit-${size}`);
  await form.getByRole("button", { name: "保存" }).click();
  await until("its details are changed", async () => (await relation()).switch_minutes === 15);
  const { group, need, standby } = await relation();
  assert.deepEqual({ group, need, standby }, { group: null, need: null, standby: "cold" });

  await button(page, "删除").last().click();
  await page.locator(".ant-popconfirm, .ant-popover").getByRole("button").last().click();
  await until("it is gone", async () => (await relation()) === undefined);
  await look(page, `relation-gone-${size}`);
  for (const { id } of [from, to]) await api(page, "DELETE", `/items/${id}`);
}

await journey("relation_details", DESK, (page) => walk(page, "1440"));
await journey("relation_details_phone", PHONE, (page) => walk(page, "390"));
