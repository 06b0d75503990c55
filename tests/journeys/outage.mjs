/**
 * The story the platform is for: a watched process dies, its ticket appears on the open board
 * without a reload, is taken, commented and resolved; the process is back, the ticket is closed.
 */
import assert from "node:assert/strict";
import { api, ready, signIn, until, visit } from "./lib.mjs";
import { Watched } from "./watched.mjs";

const WORDS = "已重启进程，观察十分钟";

const numbers = (page) => page.locator("[data-ticket]").evaluateAll((cards) => cards.map((card) => card.dataset.ticket));

/** The card of the machine's ticket that was not on the board before. */
async function newCard(page, machine, before) {
  const fresh = await page.waitForFunction(
    ([name, known]) =>
      [...document.querySelectorAll("[data-ticket]")].find((card) => card.textContent.includes(name) && !known.includes(card.dataset.ticket))?.dataset.ticket,
    [machine, before],
    { timeout: 60_000 },
  );
  return page.locator(`[data-ticket="${await fresh.jsonValue()}"]`);
}

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

/** The open page tells by itself that the alert is over. */
async function restartAndWait(page, watched) {
  const lines = page.locator('.timeline [data-kind="alert"]');
  const before = await lines.count();
  await watched.start();
  await lines.nth(before).waitFor({ timeout: 60_000 });
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

    const before = await numbers(page);
    await watched.kill();
    const card = await newCard(page, watched.machine, before);
    const number = await card.getAttribute("data-ticket");
    assert.equal(await page.evaluate(() => window.__sameDocument), true, "the board was reloaded");
    assert.ok(await card.locator(".clock").count(), "the ticket on the board has no running clock");

    await card.click();
    await page.waitForURL(/\/tickets\/[0-9a-f-]{36}$/);
    await ready(page);
    await page.locator(".timeline, .ticket-text", { hasText: watched.name }).first().waitFor();
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
    await until("the card has left the board", async () => !(await numbers(page)).includes(number));
  } finally {
    await watched.end(page).catch((error) => { console.error(String(error)); });
  }
}
