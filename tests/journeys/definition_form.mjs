/**
 * A ticket type made by hand in the form, at a desk and on a phone: begun with the example, changed
 * field by field, checked with a mistake and without, saved, read in its history, renamed, retired.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { api, DESK, journey, look, PHONE, ready, signIn, until, visit } from "./lib.mjs";

const text = (page) => page.evaluate(() => document.body.innerText);
const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Checking and saving are in sight, wherever the page is scrolled. */
async function actsAreInSight(page, what) {
  for (const top of [0, 1e6]) {
    await page.evaluate((to) => window.scrollTo(0, to), top);
    for (const name of ["检查", "保存"]) {
      const seen = await button(page, name).evaluate((act) => {
        const { left, right, top: upper, bottom } = act.getBoundingClientRect();
        return document.elementFromPoint((left + right) / 2, (upper + bottom) / 2) === act;
      });
      assert.ok(seen, `${name} is out of sight on ${what}, scrolled to ${top}`);
    }
  }
}

async function fillInForm(page, name) {
  await page.getByLabel(/^标识/).first().fill(name);
  await page.getByLabel("名称 · 中文").first().fill("耗材申请");
  await page.getByLabel("名称 · 英文").first().fill("Supplies");
  await page.getByLabel(/^编号前缀/).fill("SUP");
  await button(page, "＋ 添加字段").click();
  const field = page.locator(".entry-open");
  await field.getByLabel(/^标识/).fill("amount");
  await field.getByLabel("名称 · 中文").fill("数量");
  await field.getByRole("combobox", { name: "类型" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: /number$/ }).click();
}

async function check(page) {
  await button(page, "检查").click();
  await page.locator(".definition-found > *").first().waitFor();
}

async function walk(page, size) {
  const name = `journey-supplies-${size}-${Date.now().toString(36)}`;
  const renamed = `${name}-2`;
  await signIn(page);
  await visit(page, "/definitions/new");
  await look(page, `definition-kinds-${size}`);
  await page.getByRole("link", { name: /工单类型/ }).click();
  await button(page, "＋ 添加字段").waitFor();
  await fillInForm(page, name);
  await actsAreInSight(page, `the form at ${size}`);

  // A mistake is told at its field, and gone to from the list of mistakes.
  await page.getByLabel(/^编号前缀/).fill("sup");
  await check(page);
  await page.getByRole("button", { name: "编号前缀" }).click();
  assert.match(await page.evaluate(() => document.activeElement.id), /numbering$/);
  await look(page, `definition-form-${size}`);

  // In the text the same mistake stands at its line; what was typed in the form is there.
  await button(page, "原文").click();
  const written = page.getByRole("textbox", { name: "YAML 原文" });
  const lines = (await written.inputValue()).split("\n");
  const wrong = await page.locator(".yaml-wrong").innerText();
  assert.equal(lines[Number(wrong) - 1], "numbering: sup");
  assert.ok(lines.some((line) => line.includes("name: amount") && line.includes("数量")), lines.join("\n"));
  await actsAreInSight(page, `the text at ${size}`);
  await look(page, `definition-text-${size}`);
  await written.fill(lines.join("\n").replace("numbering: sup", "numbering: SUP   # 耗材"));

  // Whoever leaves comes back to what was not saved.
  const [elsewhere, path] = size === "390" ? ["工单", "/tickets"] : ["定义", "/definitions"];
  await page.getByRole("link", { name: elsewhere, exact: true }).first().click();
  // Until the other page is drawn the editor stands there still, and was never left.
  await ready(page, path);
  await page.goBack();
  await page.getByText("这是您上次未保存的内容。").waitFor();
  await button(page, "表单").click();
  assert.equal(await page.getByLabel(/^编号前缀/).inputValue(), "SUP");

  await check(page);
  await page.getByText("没有错误").waitFor();
  await look(page, `definition-checked-${size}`);
  await button(page, "保存").click();
  await ready(page, `/definitions/ticket-type/${name}`);
  await page.getByRole("heading", { name: "版本" }).waitFor();
  assert.match(await text(page), /# 耗材/);
  await look(page, `definition-saved-${size}`);

  // Changed once more: its history has two versions and says what changed.
  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByLabel("名称 · 中文").first().fill("耗材领用");
  await button(page, "保存").click();
  await ready(page, `/definitions/ticket-type/${name}`);
  await page.getByText("v2 ·").first().waitFor();
  await page.getByText("v2 ·").last().click();
  await page.getByText("+label: {zh: 耗材领用", { exact: false }).waitFor();

  await page.getByRole("link", { name: "编辑" }).click();
  await page.getByLabel(/^标识/).first().fill(renamed);
  await button(page, "保存").click();
  await ready(page, `/definitions/ticket-type/${renamed}`);
  assert.match(await text(page), /耗材领用/);

  await button(page, "停用").click();
  await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
  await page.getByText("已停用", { exact: false }).first().waitFor();
  await until("the retired type is offered no more", async () => {
    const { items } = await api(page, "GET", "/definitions?kind=ticket-type");
    return items.every((row) => row.name !== renamed);
  });
  await look(page, `definition-retired-by-hand-${size}`);
}

await journey("definition_form", DESK, (page) => walk(page, "1440"));
await journey("definition_form_phone", PHONE, (page) => walk(page, "390"));
