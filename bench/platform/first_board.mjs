// Opens the information board with an empty cache and prints its weight and time as JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { BOARD_URL, BOARD_USER, BOARD_PASSWORD } = process.env;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const profile = mkdtempSync(join(tmpdir(), "wr-board-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium", viewport: { width: 1440, height: 900 }, args: FLAGS,
});
try {
  const page = await context.newPage();
  await context.request.post(`${BOARD_URL}/api/v1/session`, {
    data: { user_name: BOARD_USER, password: BOARD_PASSWORD },
  });
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  let requests = 0;
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; requests += 1; });
  const began = performance.now();
  await page.goto(`${BOARD_URL}/boards/information`);
  await page.waitForFunction(() => document.documentElement.dataset.ready, null, { polling: 20 });
  const milliseconds = performance.now() - began;
  console.log(JSON.stringify({ kilobytes: bytes / 1000, milliseconds, requests }));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
