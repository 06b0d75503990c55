/**
 * Several processes of one machine die at one moment: the board gathers their tickets, all are
 * accepted in one act, each with one response at one moment; then several are chosen in the list,
 * at the desk by keys and on the phone by touch, and taken on together. It walks as who prefers
 * reduced motion: dialogs come without being moved in.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, PHONE, ready, signIn, until, visit } from "./lib.mjs";
import { Watched } from "./watched.mjs";

const WORDS = "同一原因，进程已重启";
const SEVERAL = 3;

const still = (page) => page.emulateMedia({ reducedMotion: "reduce" });

/** Their tickets as the list has them, once there is one for each. */
async function ticketsOf(page, watched) {
  return until("a ticket for each process", async () => {
    const { items } = await api(page, "GET", "/tickets?open=true&limit=200");
    const found = items.filter(({ title }) => watched.some(({ name }) => title.includes(name)));
    return found.length === SEVERAL && found;
  });
}

/** The board has one card for them, which leads to them. */
async function theirStorm(page, tickets) {
  const ids = tickets.map(({ id }) => id);
  const { storms } = await api(page, "GET", "/boards/information?limit=1");
  const storm = storms.find((each) => ids.every((id) => each.tickets.includes(id)));
  assert.ok(storm, "tickets of one item and one moment are no storm");
  await visit(page, "/boards/information");
  await page.locator(`[data-storm="${storm.id}"] > a`).click();
  await page.waitForURL(new RegExp(`storm=${storm.id}`));
  await ready(page);
}

async function acceptAll(page, tickets) {
  await page.locator('[data-act="accept-all"]').click();
  await page.locator(".ant-popconfirm .ant-btn-primary").click();
  await page.locator('[data-act="accept-all"]').waitFor({ state: "detached" });
  const { account } = await api(page, "GET", "/session");
  for (const { id } of tickets) await isMineOnce(page, id, account.id);
}

/** Accepted by me, and its response told once, at the moment of that step. */
async function isMineOnce(page, id, me) {
  const ticket = await api(page, "GET", `/tickets/${id}`);
  assert.equal(ticket.state, "accepted");
  assert.equal(ticket.assignee?.id, me);
  const steps = ticket.timeline.filter(({ kind }) => kind === "state");
  const responses = ticket.timeline.filter(({ kind, data }) => kind === "clock" && data.clock.name === "respond");
  assert.equal(steps.length, 1);
  assert.deepEqual(responses.map(({ at }) => at), [steps[0].at]);
  assert.equal(ticket.clocks.find(({ name }) => name === "respond").stopped_at, steps[0].at);
}

const boxOf = (page, { id }) => page.locator(`[data-row="${id}"] .choice-box input`);

/** One by a click, the next by the arrow and the bar of spaces. */
async function chooseByKeys(page, tickets) {
  await visit(page, `/tickets?open=true&q=${encodeURIComponent(tickets[0].item.name)}`);
  for (const ticket of tickets) await boxOf(page, ticket).waitFor();
  await boxOf(page, tickets[0]).focus();
  await page.keyboard.press("Space");
  for (const ticket of tickets.slice(1)) {
    while (!(await boxOf(page, ticket).evaluate((box) => box === document.activeElement)))
      await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
  }
  await page.locator(".choice-count", { hasText: `${SEVERAL}` }).waitFor();
}

/** A step of the bar, or of what stands behind it. */
async function start(page, name, label) {
  await page.locator("[data-many]").first().waitFor();
  const button = page.locator(`[data-many="${name}"]`);
  if (await button.count()) await button.click();
  else {
    await page.click('[data-act="many-more"]');
    await page.getByRole("menuitem", { name: label, exact: true }).click();
  }
  await page.locator(".confirm-many").waitFor();
}

async function confirmed(page) {
  await page.locator(".confirm-many").click();
  await page.locator(".confirm-many").waitFor({ state: "detached" });
}

async function inState(page, tickets, state) {
  for (const { id } of tickets)
    assert.equal((await api(page, "GET", `/tickets/${id}`)).state, state);
}

let tickets;
const watched = [];
try {
  await journey("storm", DESK, async (page) => {
    await signIn(page);
    await still(page);
    for (let n = 0; n < SEVERAL; n += 1) {
      watched.push(new Watched());
      await watched[n].start();
      await watched[n].watch(page);
    }
    await Promise.all(watched.map((each) => each.kill()));
    tickets = await ticketsOf(page, watched);
    await theirStorm(page, tickets);
    await acceptAll(page, tickets);

    await chooseByKeys(page, tickets);
    await start(page, "resolve", "解决");
    await page.locator(".ant-modal textarea").first().fill(WORDS);
    await confirmed(page);
    await inState(page, tickets, "resolved");
  });
  await journey("storm-phone", PHONE, async (page) => {
    await signIn(page);
    await still(page);
    await visit(page, `/tickets?open=false&q=${encodeURIComponent(tickets[0].item.name)}`);
    await page.click('[data-act="choose"]');
    for (const { id } of tickets) await page.locator(`[data-row="${id}"] .choice-card`).tap();
    await start(page, "comment", "写评论");
    await page.locator(".ant-modal textarea").fill(WORDS);
    await confirmed(page);
    for (const { id } of tickets) {
      const { timeline } = await api(page, "GET", `/tickets/${id}`);
      assert.equal(timeline.filter(({ kind, text }) => kind === "comment" && text === WORDS).length, 1);
    }
    for (const { id } of tickets) await page.locator(`[data-row="${id}"] .choice-card`).tap();
    await start(page, "close", "关闭");
    await confirmed(page);
    await inState(page, tickets, "closed");
    for (const each of watched.toReversed()) await each.end(page);
    watched.length = 0;
  });
} finally {
  for (const each of watched) each.stop();
}
