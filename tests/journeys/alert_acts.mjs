/**
 * An engineer at night: acknowledges an alert, silences it, is told why it cannot be closed, lifts the
 * silence, and does one thing with several at once. The alert stays open through all of it.
 */
import assert from "node:assert/strict";
import { api, until, visit } from "./lib.mjs";
import { Watched } from "./watched.mjs";

const WHY = "更换电源，预计一小时";
const NOTE = "正在机房查看";

const dialog = (page, act) => page.locator(`[data-act-dialog="${act}"], .ant-modal`).last();

/** On the phone one act is at the thumb and the others behind a button. */
async function start(page, act, label) {
  const button = page.locator(`.page-actions [data-act="${act}"]`);
  if (await button.count()) await button.click();
  else {
    await page.click('.page-actions [data-act="more"]');
    await page.getByRole("menuitem", { name: label, exact: true }).click();
  }
  await dialog(page, act).waitFor();
  return dialog(page, act);
}

const submit = (box) => box.locator(".ant-modal-footer .ant-btn-primary").click();
const current = (page) => api(page, "GET", `/alerts/${new URL(page.url()).pathname.split("/").at(-1)}`);

/** The open alerts of the watched machine that are about the processes of this journey. */
async function ours(page, names) {
  const { items } = await api(page, "GET", "/alerts?state=open&limit=500");
  return items.filter(({ labels }) => Object.values(labels).some((value) => names.includes(value)));
}

async function handleOne(page, alert) {
  await visit(page, `/alerts/${alert.id}`);
  const tickets = () => api(page, "GET", `/tickets?alert=${alert.id}`);
  const ticket = await until("its ticket", async () => (await tickets()).items[0]);

  const acknowledging = await start(page, "acknowledge", "确认");
  await acknowledging.locator('[data-field="waiting-ticket"]', { hasText: ticket.number }).waitFor();
  await acknowledging.locator("textarea").fill(NOTE);
  await submit(acknowledging);
  await page.locator('[data-mark="acknowledged"]').first().waitFor();
  await page.locator('.timeline [data-kind="acknowledged"]', { hasText: NOTE }).waitFor();
  assert.equal((await tickets()).items[0].category, "new", "an acknowledgement accepted the ticket");

  const silencing = await start(page, "silence", "静默");
  await submit(silencing);
  await silencing.locator(".ant-form-item-explain-error").waitFor();
  await silencing.locator("textarea").fill(WHY);
  await submit(silencing);
  await page.locator('[data-mark="silenced"]').first().waitFor();
  await page.locator('[data-field="handling"]', { hasText: WHY }).waitFor();
  assert.equal((await current(page)).state, "open");
  const item = await api(page, "GET", `/items/${alert.item.id}`);
  assert.notEqual(item.condition, "ok", "a silence made its item look well");

  const closing = await start(page, "close", "关闭告警");
  await closing.locator("textarea").fill("误报");
  await submit(closing);
  await closing.locator('[data-field="refused"]', { hasText: "条件仍然成立" }).waitFor();
  await closing.locator(".ant-modal-footer .ant-btn:not(.ant-btn-primary)").click();
  await closing.waitFor({ state: "hidden" });

  const lifting = await start(page, "lift", "解除静默");
  await submit(lifting);
  await page.locator('.timeline [data-kind="lifted"]').waitFor();
  assert.equal((await current(page)).silence, null);
}

/** Select the rows by box and by key, and silence them in one act. */
async function handleSeveral(page, alerts) {
  await visit(page, `/alerts?state=open&item=${alerts[0].item.id}`);
  const row = (alert) => page.locator(`[data-row="${alert.id}"]`);
  const choose = page.locator('[data-act="choose"]');
  if (await choose.count()) await choose.click();
  await row(alerts[0]).locator("input[type=checkbox]").check();
  if (await page.locator("table").count()) {
    await row(alerts[1]).locator("a").first().focus();
    await page.keyboard.press("x");
  } else await row(alerts[1]).locator("input[type=checkbox]").check();
  await page.locator('.choice-count', { hasText: "2" }).waitFor();
  // One of the two is silenced meanwhile by somebody else.
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  await api(page, "POST", `/alerts/${alerts[1].id}/silence`, { until: until_, reason: "另一位同事" });
  await page.locator(".choice-bar").locator('[data-act="silence"]').click();
  const box = dialog(page, "silence");
  await box.locator("textarea").fill(WHY);
  await submit(box);
  await box.locator('[data-field="refused"]', { hasText: "另一位同事" }).waitFor();
  await box.locator(".ant-modal-footer .ant-btn:not(.ant-btn-primary)").click();
  await row(alerts[0]).locator('[data-mark="silenced"]').waitFor();
  await page.locator('.choice-count', { hasText: "1" }).waitFor();
  for (const alert of alerts) await api(page, "DELETE", `/alerts/${alert.id}/silence`);
}

/** A list that hides what is wrong says so, and one act shows it. */
async function notCalm(page, alert) {
  await visit(page, "/alerts?state=resolved&q=nothing-of-the-kind");
  const hidden = page.locator('[data-field="abnormal-hidden"]');
  await hidden.waitFor();
  await hidden.locator('[data-act="show-abnormal"]').click();
  await page.locator(`[data-row="${alert.id}"]`).waitFor();
  assert.equal(await hidden.count(), 0);
}

export async function alertActs(page) {
  const [first, second] = [new Watched("a"), new Watched("b")];
  try {
    for (const watched of [first, second]) {
      await watched.start();
      await watched.watch(page);
    }
    for (const watched of [first, second]) await watched.kill();
    const names = [first.name, second.name];
    const alerts = await until("both alerts", async () => {
      const found = await ours(page, names);
      return found.length === 2 ? found : null;
    });
    await handleOne(page, alerts[0]);
    await handleSeveral(page, alerts);
    await notCalm(page, alerts[0]);
  } finally {
    // The last that began to watch knows what was watched before it.
    for (const watched of [second, first]) await watched.end(page).catch((error) => { console.error(String(error)); });
  }
}
