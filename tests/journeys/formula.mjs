/**
 * A formula: boxes and text follow each other, what saving changes is told before, two people at
 * once are told of each other, and a former version comes back; on the phone it is read.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, provokes, signIn, visit } from "./lib.mjs";

async function made(page) {
  const mark = Date.now().toString(36);
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name}-${mark}` });
  const system = await make("business-system", "公式系统");
  const parts = [];
  for (const name of ["web1", "web2", "db1"]) {
    const part = await make("application", name);
    await api(page, "POST", "/relations", { kind: "uses", source: system.id, target: part.id });
    parts.push(part);
  }
  return { system, parts };
}

let kept;
await journey("formula", DESK, async (page) => {
  await signIn(page);
  kept = await made(page);
  const { system, parts } = kept;
  const [web1, web2, db1] = parts.map(({ name }) => name);
  await visit(page, `/items/${system.id}`);
  await page.locator('[data-act="formula"]').click();
  await page.getByText("没有公式").waitFor();

  for (const name of [web1, web2, db1])
    await page.getByRole("button", { name: `加入 ${name}` }).click();
  await page.getByLabel(`选择 ${web1}`).check();
  await page.getByLabel(`选择 ${web2}`).check();
  await page.locator('[data-group="or"]').click();
  const text = page.getByLabel("公式", { exact: true });
  await page.locator('[data-effect="2"]').waitFor();
  assert.equal(await text.inputValue(), `(${web1} or ${web2}) and ${db1}`);
  await look(page, "formula-boxes");
  await page.locator('[data-act="save-formula"]').click();
  await page.getByText("第 1 版", { exact: false }).first().waitFor();

  await text.fill(`${web1} 冷备[15分钟] ${web2}x`);
  await page.getByText("您指的是").waitFor();
  assert.ok(await page.locator('[data-act="save-formula"]').isDisabled());
  await text.fill(`${web1} 冷备[15分钟] ${web2}`);
  await page.locator('.formula-gate[data-word="hot"]').waitFor();
  await look(page, "formula-text");

  const now = await api(page, "GET", `/items/${system.id}/formula`);
  const other = { text: `${web2} or ${db1}`, version: now.version };
  await api(page, "PUT", `/items/${system.id}/formula`, other);
  provokes(`/items/${system.id}/formula`, 409);
  await page.locator('[data-act="save-formula"]').click();
  await page.getByText("已于", { exact: false }).first().waitFor();
  await page.getByText("第 2 版", { exact: false }).first().waitFor();

  await page.getByRole("button", { name: "恢复此版 第 1 版" }).click();
  await page.getByText("第 3 版", { exact: false }).first().waitFor();
  assert.equal(await text.inputValue(), `(${web1} or ${web2}) and ${db1}`);
});
await journey("formula_phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, `/items/${kept.system.id}/formula`);
  await page.locator('.formula-gate[data-word="or"]').waitFor();
  await look(page, "formula-phone");
});
