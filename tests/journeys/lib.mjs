/**
 * What every journey needs: a browser with a fresh profile, a page that fails on any error it
 * reports, sign-in, and waiting for what is drawn (never for a time).
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const BASE = need("WARDROUND_JOURNEY_URL").replace(/\/$/, "");
export const USER = need("WARDROUND_JOURNEY_USER");
export const PASSWORD = need("WARDROUND_JOURNEY_PASSWORD");
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };
const PATIENCE_MS = 30_000;

function need(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: journeys run through tests/journeys/test_journeys.py`);
  return value;
}

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** Run one journey; its page, and whatever the page complained about. */
export async function journey(name, viewport, walk) {
  const profile = await mkdtemp(join(tmpdir(), "wardround-journey-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.WARDROUND_CHROMIUM ?? "/usr/bin/chromium",
    viewport, hasTouch: viewport === PHONE, isMobile: viewport === PHONE, locale: "zh-CN", args: FLAGS,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`page error: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected(message)) complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  const calls = listen(page);
  try {
    await walk(page);
    assert.deepEqual(complaints, [], "the browser reported errors");
    console.log(`✓ ${name}`);
  } catch (error) {
    const picture = join(process.env.WARDROUND_JOURNEY_SHOTS ?? tmpdir(), `${name}.png`);
    await page.screenshot({ path: picture }).catch(() => undefined);
    console.error(`✗ ${name} at ${page.url()} (screenshot: ${picture})\n${complaints.join("\n")}`);
    console.error(`the newest calls:\n${calls.join("\n")}`);
    throw error;
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** The newest thirty calls of the page and how each ended; a failure that left no error is read there. */
function listen(page) {
  const calls = [];
  const began = new Map();
  const note = (request, end) => {
    const seconds = ((Date.now() - began.get(request)) / 1000).toFixed(1);
    calls.push(`${new Date().toISOString()} ${request.method()} ${request.url()} ${end}, ${seconds} s`);
    if (calls.length > 30) calls.shift();
  };
  page.on("request", (request) => {
    began.set(request, Date.now());
    if (request.method() !== "GET") note(request, "sent");
  });
  page.on("response", (response) => note(response.request(), response.status()));
  page.on("requestfailed", (request) => note(request, request.failure()?.errorText));
  return calls;
}

/** Asking who is signed in answers 401 before sign-in; the browser logs that by itself. */
function expected(message) {
  const { url } = message.location();
  if (url.endsWith("/api/v1/session")) return message.text().includes("401");
  return provoked.some(([path, status]) => url.includes(path) && message.text().includes(status));
}

const provoked = [];

/** The journey has this refused on purpose: the browser logs that by itself, too. */
export function provokes(path, status) {
  provoked.push([`/api/v1${path}`, String(status)]);
}

/** Nothing is wider than the window; kept as a picture where somebody wants to see it. */
export async function look(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  const shots = process.env.WARDROUND_JOURNEY_SHOTS;
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** The page of that path is drawn with its data. */
export async function ready(page, path) {
  await page.waitForFunction(
    (wanted) => document.documentElement.dataset.ready === wanted,
    path ?? new URL(page.url()).pathname,
  );
}

export async function visit(page, path) {
  await page.goto(BASE + path);
  await ready(page, path.split("?")[0]);
}

export async function signIn(page) {
  await page.goto(`${BASE}/sign-in`);
  await ready(page, "/sign-in");
  await page.fill('[name="user_name"]', USER);
  await page.fill('[name="password"]', PASSWORD);
  await page.click('[type="submit"]');
  await ready(page, "/boards/information");
  await page.waitForSelector('[data-live="live"]');
  if ((await page.getAttribute("html", "lang")) !== "zh-CN") await speakChinese(page);
}

/** Whoever walked before may have left the account in English. */
async function speakChinese(page) {
  await api(page, "PATCH", "/me", { language: "zh-hans" });
  await page.reload();
  await ready(page);
}

/** The API with the page's own session, as a program in the browser would call it. */
export async function api(page, method, path, body) {
  const answer = await page.evaluate(
    async ([verb, address, payload]) => {
      const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
      const response = await fetch(`/api/v1${address}`, {
        method: verb,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
      });
      return { status: response.status, text: await response.text() };
    },
    [method, path, body],
  );
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text ? JSON.parse(answer.text) : undefined;
}

/** Ask again until the answer is there; fails with what was last seen. */
export async function until(what, ask, { patience = 60_000, every = 250 } = {}) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
