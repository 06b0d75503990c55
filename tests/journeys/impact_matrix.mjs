/**
 * The matrix: a pair is A until one of it goes, what both stand on is X; why is told step by step,
 * the address can be sent, an edit is in the next look, and the phone has cards.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, visit } from "./lib.mjs";

async function made(page) {
  const mark = Date.now().toString(36);
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const relate = (kind, source, target, more = {}) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id, ...more });
  const system = await make("business-system", "矩阵系统");
  const host = await make("host", "共用主机");
  const pair = [];
  for (const at of [1, 2]) {
    const application = await make("application", `矩阵应用 ${at}`);
    await relate("uses", system, application, { group: "web", need: 1, standby: "hot" });
    await relate("runs-on", application, host);
    pair.push(application);
  }
  return { mark, system, host, pair };
}

const letterOf = (page, item) =>
  page.locator(".matrix-row", { has: page.getByRole("link", { name: item.name, exact: true }) })
    .locator(".matrix-cell");

async function desk(page) {
  await signIn(page);
  const { mark, system, host, pair } = await made(page);
  await visit(page, `/impact/matrix?q=${mark}`);
  await letterOf(page, host).getByText("X", { exact: true }).waitFor();
  await letterOf(page, pair[0]).getByText("A", { exact: true }).waitFor();
  await look(page, "impact-matrix-desk");

  await letterOf(page, host).first().click();
  const why = page.locator('[data-why="X"]');
  await why.getByText(`${host.name}故障`).waitFor();
  await why.getByText("需 1 / 共 2").waitFor();
  assert.ok(page.url().includes(`item=${host.id}`) && page.url().includes(`service=${system.id}`));
  await look(page, "impact-why-desk");
  await page.reload();
  await page.locator('[data-why="X"]').waitFor();
  await page.locator(".why-panel").getByRole("button", { name: "关闭" }).click();
  await page.locator(".why-panel").waitFor({ state: "detached" });

  await page.locator(".matrix-box").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.locator(".matrix-cross-row").waitFor();
  await page.getByLabel("只看单点（X）").click(); // the address says whether it is checked
  await letterOf(page, pair[0]).first().waitFor({ state: "detached" });
  await page.getByLabel("只看单点（X）").click();

  await api(page, "POST", "/items/delete", { items: [pair[1].id] });
  await letterOf(page, pair[0]).getByText("X", { exact: true }).waitFor();
  return { mark, host };
}

let kept;
await journey("impact_matrix", DESK, async (page) => {
  kept = await desk(page);
});
await journey("impact_matrix_phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, `/impact/matrix?q=${kept.mark}`);
  const card = page.locator(".matrix-card", { hasText: kept.host.name });
  await card.locator("summary").click();
  await look(page, "impact-matrix-phone");
  await card.getByRole("button").first().click();
  await page.locator('[data-why="X"]').waitFor();
  await look(page, "impact-why-phone");
});
