/**
 * A program outside is told of changes: the webhook is declared in the browser and tried, a change
 * arrives signed, and the log says so; what is not taken is told with its reason.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { api, DESK, journey, look, PHONE, ready, signIn, until, visit } from "./lib.mjs";

const SECRET = "journey-secret-that-nobody-guesses";

function receiver() {
  const got = { letters: [], answer: 204 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": said } = request.headers;
      const key = createHmac("sha256", SECRET).update(`${id}.${at}.${body}`).digest("base64");
      assert.equal(said, `v1,${key}`);
      got.letters.push(JSON.parse(body));
      response.writeHead(got.answer).end();
    });
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done({ got, server, port: server.address().port }));
  });
}

async function declare(page, name, port) {
  await visit(page, "/webhooks");
  await page.getByRole("link", { name: "新建 Webhook" }).first().click();
  await page.getByLabel(/^标识/).first().waitFor();
  await page.getByRole("button", { name: "原文", exact: true }).click();
  const text = `kind: webhook\nname: ${name}\nlabel: {zh: 运维门户, en: Portal}\n`
    + `url: http://127.0.0.1:${port}/hook\nsecret: ${SECRET}\nchanges: [created]\ntypes: [host]\n`;
  await page.getByRole("textbox", { name: "YAML 原文" }).fill(text);
  await page.getByRole("button", { name: /(^|\s)保存$/ }).click();
  await page.waitForURL(/\/definitions\/webhook\//);
}

async function walk(page, size) {
  const { got, server, port } = await receiver();
  await signIn(page);
  const name = `portal-${size}-${Date.now().toString(36)}`;
  await declare(page, name, port);

  await visit(page, `/webhooks?q=${port}`);
  await page.locator('[data-act="try"]').first().click();
  await page.waitForURL(/\/webhook-deliveries\//);
  await page.locator('[data-state="delivered"]').waitFor({ timeout: 30_000 });
  assert.equal(got.letters[0].type, "ping");

  got.answer = 503;
  const item = await api(page, "POST", "/items", { type: "host", name: `主机 ${name}` });
  await until("it is told of the new item", async () => got.letters.length > 1);
  await visit(page, `/webhook-deliveries?webhook=${name}`);
  await page.getByText("对方未接收").first().waitFor();
  await ready(page);
  await look(page, `webhook-deliveries-${size}`);
  got.answer = 200;
  await until("it is tried again", async () => got.letters.length > 2);
  await page.locator('[data-state="delivered"]').nth(1).waitFor({ timeout: 30_000 });
  const change = got.letters.at(-1).data.changes[0];
  assert.deepEqual([change.change, change.item], ["created", item.id]);

  const { items } = await api(page, "GET", `/webhook-deliveries?webhook=${name}&limit=1`);
  await visit(page, `/webhook-deliveries/${items[0].id}`);
  await page.getByText(item.id).first().waitFor();
  await look(page, `webhook-delivery-${size}`);
  await visit(page, "/webhooks");
  await ready(page);
  await look(page, `webhooks-${size}`);
  await api(page, "DELETE", `/definitions/webhook/${name}?consent=true`);
  await api(page, "DELETE", `/items/${item.id}`);
  server.close();
}

await journey("webhooks", DESK, (page) => walk(page, "1440"));
await journey("webhooks_phone", PHONE, (page) => walk(page, "390"));
