/**
 * A Word document and a PDF, made here, become documents of a system; they are found by two Chinese
 * characters in the palette; a new version is put, the old one fetched and made current again.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DESK, PHONE, api, journey, ready, signIn, until, visit } from "./lib.mjs";
import { docx, pdf } from "./made_files.mjs";

const MARK = Date.now().toString(36);
const PLAN = `鼎坛预案${MARK}\n断网时改用纸质分诊单，由护士长通知信息科。`;
const MANUAL = `鳜塘手册${MARK}\n重启前先停接口服务。`;

/** Files dropped anywhere on the page, as a person drops them. */
async function drop(page, ...files) {
  const sent = files.map(({ name, data }) => ({ name, data: data.toString("base64") }));
  await page.evaluate((given) => {
    const brought = new DataTransfer();
    for (const { name, data } of given) {
      const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
      brought.items.add(new File([bytes], name));
    }
    for (const kind of ["dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: brought }));
  }, sent);
}

async function found(page, words) {
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".palette[open]");
  await page.fill(".palette input", words);
  await page.locator(".palette [role=option]", { hasText: MARK }).filter({ hasText: "正文" }).first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".palette").waitFor({ state: "detached" });
}

/** For who looks at the pictures. */
async function shot(page, name) {
  const folder = process.env.WARDROUND_JOURNEY_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Until a worker has read the text of it. */
const read = (page, item) =>
  until("the text is read", async () => {
    const { items } = await api(page, "GET", `/items/${item}/versions`);
    return items[0].text.state === "read";
  });

await journey("documents", DESK, async (page) => {
  await signIn(page);
  const system = (await api(page, "GET", "/items?role=system&limit=1")).items[0];
  await visit(page, `/items/${system.id}`);
  const word = { name: `鼎坛预案${MARK}.docx`, data: docx(PLAN) };
  const book = { name: `鳜塘手册${MARK}.pdf`, data: pdf(MANUAL) };
  await page.waitForSelector('[data-part="documents"] .chooser');
  await drop(page, word, book);
  await page.waitForFunction(() => document.querySelectorAll('[data-upload="kept"]').length === 2);
  const listed = (await api(page, "GET", `/items/${system.id}/documents`)).items;
  const [plan, manual] = ["鼎坛预案", "鳜塘手册"].map((name) => listed.find((each) => each.name === `${name}${MARK}`));
  await read(page, plan.id);
  await read(page, manual.id);
  await page.waitForSelector(`[data-document="${plan.id}"]`);
  await shot(page, "documents-of-a-system");
  await found(page, "鼎坛");
  await found(page, "鳜塘");
  await visit(page, `/search?q=${encodeURIComponent("分诊 护士长")}&scope=documents`);
  await page.locator(`[data-group="documents"] >> text=纸质分诊单`).first().waitFor();
  await shot(page, "documents-found");

  await visit(page, `/items/${plan.id}`);
  await page.fill('[data-part="versions"] input[maxlength="500"]', "改成 PDF");
  await page.waitForSelector('[data-part="versions"] .document-hint');
  await drop(page, { name: `第二版${MARK}.pdf`, data: pdf(`鲟澜附录${MARK}`) });
  await page.waitForSelector('[data-version="2"][aria-current="true"]');
  await read(page, plan.id);
  await found(page, "鲟澜");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.click('[data-version="1"] .file-link'),
  ]);
  assert.equal(saved.suggestedFilename(), word.name);
  assert.ok((await readFile(await saved.path())).equals(word.data), "the old version as it was sent");
  await page.click('[data-version="1"] [data-act="make-current"]');
  await page.click(".ant-popconfirm-buttons .ant-btn-primary");
  await page.waitForSelector('[data-version="3"][aria-current="true"]');
  await shot(page, "documents-versions");
});

await journey("documents-phone", PHONE, async (page) => {
  await signIn(page);
  const { groups } = await api(page, "GET", `/search?q=${encodeURIComponent("鼎坛")}&scope=documents`);
  const id = groups[0].items[0].id;
  await visit(page, `/items/${id}`);
  await page.waitForSelector('[data-version="3"]');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false, "nothing runs out of the phone");
  await ready(page);
  await shot(page, "documents-phone");
});
