// Opens pages signed in, cold and warm, and prints one line of JSON for each visit: milliseconds
// from the navigation until everything that is counted is in the page and painted.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BASE, DESK, PASSWORD, USER } from "../../tests/journeys/lib.mjs";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
const pages = JSON.parse(process.env.PICTURES_PAGES);
const rounds = Number(process.env.PICTURES_ROUNDS ?? 1);
const shots = process.env.PICTURES_SHOTS;

const browser = await chromium.launch({
  executablePath: process.env.WARDROUND_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS,
});

/** Somebody who is signed in and has fetched nothing yet. */
async function fresh() {
  const context = await browser.newContext({ viewport: DESK, locale: "zh-CN" });
  context.setDefaultTimeout(60_000);
  await context.request.post(`${BASE}/api/v1/session`, { data: { user_name: USER, password: PASSWORD } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return { context, page, session };
}

/** Two frames after so many are there, as the page's own clock tells it: since its navigation. */
const allDrawn = ({ drawn, places }) =>
  new Promise((done) => {
    const look = () =>
      document.querySelectorAll(drawn).length >= places
        ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
        : requestAnimationFrame(look);
    look();
  });

async function busy(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  const found = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  return found.TaskDuration * 1000;
}

/** Milliseconds of a processor that the web process has used. */
function web() {
  const [user, system] = readFileSync(`/proc/${process.env.PICTURES_WEB}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

async function visited({ page, session }, wanted, kind) {
  await page.goto("about:blank");
  const before = await busy(session);
  const served = web();
  await page.goto(BASE + wanted.path, { waitUntil: "commit" });
  const ms = await page.evaluate(allDrawn, wanted);
  const spent = (await busy(session)) - before;
  const answers = await page.evaluate(() => performance.getEntriesByType("resource")
    .filter(({ name, responseEnd }) => name.includes("/api/v1/") && responseEnd > 0)
    .map(({ name, startTime, duration, responseEnd }) =>
      ({ call: `${new URL(name).pathname.replace(/[0-9a-f-]{36}/, "…")}${new URL(name).search.slice(0, 40)}`, startTime, duration, responseEnd })));
  const answered = Math.max(0, ...answers.map(({ responseEnd }) => responseEnd));
  const calls = answers.map(({ call, startTime, duration }) => [call, startTime, duration]);
  console.log(JSON.stringify({ path: wanted.path, kind, ms, answered, busy: spent, web: web() - served, calls }));
}

/** As many boxes and lines as a page without a program has: what drawing alone takes here. */
async function bare({ page }, { places }) {
  const box = (n) => `<button style="position:absolute;left:${(n % 20) * 70}px;top:${Math.floor(n / 20) * 60}px;width:64px;height:48px"><b>item ${n}</b></button>`;
  const line = (n) => `<path d="M${(n % 20) * 70} ${Math.floor(n / 20) * 60}C90 90 500 90 ${(n * 7) % 1400} 900" stroke="#999" fill="none"/>`;
  const numbers = [...Array(places).keys()];
  const html = `<!doctype html><svg width="1400" height="900">${numbers.map(line).join("")}</svg>${numbers.map(box).join("")}`;
  await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(`${BASE}/bare`, { waitUntil: "commit" });
  const ms = await page.evaluate(allDrawn, { drawn: "button", places });
  console.log(JSON.stringify({ path: "/bare", kind: "bare", ms, answered: 0, busy: 0 }));
}

try {
  for (let round = 0; round < rounds; round += 1)
    for (const [at, wanted] of pages.entries()) {
      const reader = await fresh();
      await visited(reader, wanted, "cold");
      await visited(reader, wanted, "warm");
      if (shots && round === 0 && at === 0)
        await reader.page.screenshot({ path: join(shots, `picture-${wanted.places}.png`) });
      if (at === 0) await bare(reader, wanted);
      await reader.context.close();
    }
} finally {
  await browser.close();
}
