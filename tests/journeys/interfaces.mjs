/**
 * Interfaces between systems: the map counts them between who provides and who consumes, a cell
 * leads to them, and both systems' pages show them; on a phone provider by provider.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

async function walk(page, size) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const relate = (kind, source, target) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id });
  const laboratory = await make("business-system", "检验系统");
  const radiology = await make("business-system", "放射系统");
  const ward = await make("application", "病区应用");
  await relate("uses", radiology, ward);
  for (const name of ["申请单接口", "结果接口"]) {
    const through = await make("interface", name);
    await relate("provides", laboratory, through);
    await relate("consumes", ward, through);
  }
  await make("interface", "无主接口");

  await visit(page, "/interface-map");
  const cell = page.getByRole("link", {
    name: `${laboratory.name} 提供给 ${radiology.name}：2 个接口`,
  });
  await cell.waitFor();
  await look(page, `interface-map-${size}`);
  await cell.click();
  await page.getByText(`结果接口 ${mark}`).waitFor();
  await page.getByText(`申请单接口 ${mark}`).waitFor();
  assert.match(page.url(), new RegExp(`provider=${laboratory.id}&consumer=${radiology.id}`));
  await look(page, `interfaces-${size}`);

  await visit(page, "/interfaces?incomplete=true");
  await page.getByText(`无主接口 ${mark}`).waitFor();
  assert.equal(await page.getByText(`结果接口 ${mark}`).count(), 0);

  for (const system of [laboratory, radiology]) {
    await visit(page, `/items/${system.id}?tab=interfaces`);
    await page.getByText(`结果接口 ${mark}`).waitFor();
  }
  await until("both systems are named", async () =>
    (await page.getByText(laboratory.name).count()) >= 2);
  await look(page, `system-interfaces-${size}`);
}

/** What the simulated engines count is shown with its age; what nothing counts says what to do. */
async function messages(page, size) {
  await signIn(page);
  const [counted] = (await api(page, "GET", "/items?key=if-01")).items;
  await until("the engine was read twice", async () => {
    const told = await api(page, "GET", `/interfaces/${counted.id}/messages`);
    return told.counts.hour.messages !== null && told.counts.queued !== null;
  }, 120_000);
  await visit(page, "/interfaces?sort=-messages");
  await page.getByText(counted.name).first().waitFor();
  const { items } = await api(page, "GET", "/interfaces?sort=-messages&limit=1");
  assert.ok(items[0].messages.hour.messages > 0);
  await look(page, `interfaces-counted-${size}`);

  await visit(page, `/items/${counted.id}`);
  const section = page.locator("[data-messages=yes]");
  await section.getByText("近 1 小时", { exact: true }).waitFor();
  assert.match(await section.innerText(), /自 .+ 起/);
  await look(page, `interface-messages-${size}`);

  const { id, name } = await api(page, "POST", "/items", {
    type: "interface",
    name: `无人计数 ${size} ${Date.now().toString(36)}`,
  });
  await visit(page, `/items/${id}`);
  const nothing = page.locator("[data-messages=no]");
  await nothing.getByRole("link", { name: "添加监控对象" }).waitFor();
  assert.doesNotMatch(await nothing.innerText(), /\b0\b/);
  await visit(page, `/interfaces?measured=no&q=${encodeURIComponent(name)}`);
  await page.getByText(name).first().waitFor();
  await look(page, `interface-uncounted-${size}`);

  await visit(page, "/interface-map");
  await page.getByText(/近 1 小时 \d/).first().waitFor();
  await look(page, `interface-map-counted-${size}`);
}

await journey("interface-messages-desk", DESK, (page) => messages(page, "desk"));
await journey("interface-messages-phone", PHONE, (page) => messages(page, "phone"));
await journey("interfaces-desk", DESK, (page) => walk(page, "desk"));
await journey("interfaces-phone", PHONE, (page) => walk(page, "phone"));
