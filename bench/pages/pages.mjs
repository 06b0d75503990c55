// Opens every page cold and warm and prints one line of JSON for each visit.
import { createRequire } from "node:module";
import { BASE, DESK, PASSWORD, ready, USER } from "../../tests/journeys/lib.mjs";
import { addresses, drawn } from "../../tests/journeys/every_page.mjs";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
const only = process.env.WARDROUND_JOURNEY_ONLY;
const rounds = Number(process.env.PAGES_ROUNDS ?? 1);

const browser = await chromium.launch({
  executablePath: process.env.WARDROUND_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS,
});

/** Somebody's first visit: signed in, with nothing fetched yet. */
async function fresh() {
  const context = await browser.newContext({ viewport: DESK, locale: "zh-CN" });
  await context.request.post(`${BASE}/api/v1/session`, { data: { user_name: USER, password: PASSWORD } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const sums = { bytes: 0, requests: 0 };
  // What the cache answers comes over no wire: of it nothing is received.
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    sums.bytes += encodedDataLength;
    sums.requests += encodedDataLength > 0 ? 1 : 0;
  });
  return { context, page, sums };
}

async function visited({ page, sums }, path, kind) {
  Object.assign(sums, { bytes: 0, requests: 0 });
  const began = performance.now();
  await page.goto(BASE + path, { waitUntil: "commit" });
  await ready(page, path.split("?")[0]);
  await drawn(page);
  const ms = performance.now() - began;
  console.log(JSON.stringify({ path, kind, ms, kilobytes: sums.bytes / 1000, requests: sums.requests }));
}

try {
  const first = await fresh();
  await first.page.goto(`${BASE}/boards/information`);
  await ready(first.page, "/boards/information");
  const paths = (await addresses(first.page)).filter((path) => !only || path.includes(only));
  await first.context.close();
  for (let round = 0; round < rounds; round += 1)
    for (const path of paths) {
      const reader = await fresh();
      await visited(reader, path, "cold");
      await reader.page.goto("about:blank");
      await visited(reader, path, "warm");
      await reader.context.close();
    }
} finally {
  await browser.close();
}
