/**
 * A file is imported: dropped, its columns checked, tried, written, what was refused is there to be
 * mended, and all of it is undone; the phone shows how it stands and what became of the rows.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { api, DESK, journey, PHONE, signIn, until, visit } from "./lib.mjs";

const shots = process.env.WARDROUND_JOURNEY_SHOTS;
async function look(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const count = (page, verdict) => page.locator(`[data-count=${verdict}] b`).textContent();
const state = (page, name) => page.locator(`[data-state=${name}]`).first().waitFor();

async function confirm(page, act) {
  await page.locator(`[data-act=${act}]`).click();
  await page.locator(".ant-popover").getByRole("button").last().click();
}

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const rows = [
    "编号,名称,类型,序列号,盘点",
    `a-${mark},导入甲 ${mark},host,S-${mark}-1,x`,
    `b-${mark},导入乙 ${mark},主机x,S-${mark}-2,x`,
    `c-${mark},导入丙 ${mark},switch,S-${mark}-3,x`,
  ].join("\n");
  await visit(page, "/imports/new");
  await page.locator("#import-file").setInputFiles({
    name: `盘点 ${mark}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from(rows),
  });
  await look(page, `import-new-${size}`);
  await page.locator("[data-act=try]").click();
  await state(page, "checked");
  assert.equal(await count(page, "created"), "2");
  assert.equal(await count(page, "refused"), "1");
  await page.getByText("主机x").first().waitFor();
  assert.match(await page.locator("[data-left]").textContent(), /1 列不导入：\s*盘点/);
  await look(page, `import-checked-${size}`);
  const id = page.url().split("/").pop();

  if (size === "1440") {
    await page.locator("summary", { hasText: "列的含义" }).click();
    const column = page.locator("[data-head=盘点]");
    assert.match(await column.textContent(), /不导入/);
    await column.getByRole("combobox").click();
    await column.getByRole("combobox").fill("型号");
    await page.locator(".ant-select-item-option").filter({ hasText: "型号" }).first().click();
    await look(page, `import-mapping-${size}`);
    await page.locator("[data-act=try-again]").click();
    await until("it was tried again", async () => {
      const run = await api(page, "GET", `/imports/${id}`);
      const said = run.tables[0]?.columns.find(({ head }) => head === "盘点");
      return run.state === "checked" && said?.to === "attributes.model";
    });
    await state(page, "checked");
  }

  await confirm(page, "apply");
  await state(page, "done");
  const made = (await api(page, "GET", `/items?key=a-${mark}`)).items[0];
  assert.equal(made.name, `导入甲 ${mark}`);
  if (size === "1440") assert.equal(made.attributes.model, "x");
  await page.locator("[data-act=errors]").waitFor();
  await look(page, `import-done-${size}`);

  await confirm(page, "undo");
  await state(page, "undone");
  await look(page, `import-undone-${size}`);
  assert.equal((await api(page, "GET", `/items?key=a-${mark}`)).items.length, 0);
  await visit(page, "/imports/new");
  await page.locator("#import-file").setInputFiles({
    name: `无关 ${mark}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from("甲,乙\n1,2\n"),
  });
  await page.getByRole("combobox").first().click();
  const offered = page.locator(".ant-select-item-option").filter({ hasText: "NetBox" });
  for (let down = 0; down < 20 && (await offered.count()) === 0; down += 1)
    await page.keyboard.press("ArrowDown");
  await offered.first().click();
  await page.locator("[data-act=try]").click();
  await state(page, "failed");
  await page.getByText(/不认得其中的表/).waitFor();
  await look(page, `import-unknown-${size}`);
  await page.locator(".state").getByRole("link").click();
  await page.waitForURL(/\/imports\/new$/);

  await visit(page, "/imports");
  await page.getByText(`盘点 ${mark}.csv`).first().waitFor();
  await look(page, `imports-${size}`);
}

await journey("imports", DESK, (page) => walk(page, "1440"));
await journey("imports_phone", PHONE, (page) => walk(page, "390"));
