/**
 * The story the platform is for: a watched process dies, its ticket appears on the open board
 * without a reload, is taken, commented and resolved; the process is back, the ticket is closed.
 */
import assert from "node:assert/strict";
import { api, ready, signIn, until, visit } from "./lib.mjs";
import { Watched } from "./watched.mjs";

const WORDS = "已重启进程，观察十分钟";

/** The card on the board that speaks of the process. */
const cardOf = (page, name) => page.locator("[data-ticket]", { hasText: name }).first();

async function takeStep(page, name) {
  const button = page.locator(`[data-transition="${name}"]:not([disabled])`);
  if (await button.count()) await button.first().click();
  else {
    await page.click('[data-act="more"]');
    const label = await labelOf(page, name);
    await page.getByRole("menuitem", { name: label, exact: true }).click();
  }
  const dialog = page.locator(".ant-modal");
  await dialog.waitFor();
  return dialog;
}

async function labelOf(page, name) {
  const ticket = await current(page);
  const way = ticket.transitions.find((one) => one.name === name);
  assert.ok(way, `no step ${name} in state ${ticket.state}`);
  return way.label;
}

const current = (page) => api(page, "GET", `/tickets/${new URL(page.url()).pathname.split("/").at(-1)}`);

async function confirm(page, dialog, state) {
  await dialog.locator(".confirm-transition").click();
  await page.waitForSelector(`.ticket-lead[data-state="${state}"]`);
}

async function restartAndWait(page, watched) {
  await watched.start();
  await page.locator('.timeline [data-kind="alert"]').nth(1).or(page.locator('.timeline [data-kind="alert"]', { hasText: /恢复|结束/ })).first().waitFor({ timeout: 60_000 });
}

export async function outage(page) {
  const watched = new Watched();
  try {
    await watched.start();
    await signIn(page);
    await watched.watch(page);
    await visit(page, "/boards/information");
    await page.waitForSelector('[data-live="live"]');
    await page.evaluate(() => { window.__sameDocument = true; });

    await watched.kill();
    const card = cardOf(page, watched.name);
    await card.waitFor({ timeout: 60_000 });
    assert.equal(await page.evaluate(() => window.__sameDocument), true, "the board was reloaded");
    assert.ok(await card.locator(".clock").count(), "the ticket on the board has no running clock");

    await card.click();
    await page.waitForURL(/\/tickets\/[0-9a-f-]{36}$/);
    await ready(page);
    await confirm(page, await takeStep(page, "accept"), "accepted");
    const me = await api(page, "GET", "/session");
    await until("the ticket is mine", async () => (await current(page)).assignee?.id === me.account.id);

    await page.fill('[data-act="comment-text"]', WORDS);
    await page.click('[data-act="comment"]');
    await page.locator(".timeline-comment", { hasText: WORDS }).waitFor();

    const solving = await takeStep(page, "resolve");
    for (const field of await solving.locator("textarea").all()) await field.fill(WORDS);
    await confirm(page, solving, "resolved");

    await restartAndWait(page, watched);
    await confirm(page, await takeStep(page, "close"), "closed");
    await visit(page, "/boards/information");
    await until("the card has left the board", async () => (await cardOf(page, watched.name).count()) === 0);
  } finally {
    await watched.end(page).catch((error) => { console.error(String(error)); });
  }
}
