/**
 * Redundancy counts: one of two watched machines stops answering and the system is degraded, with
 * what would stop it now; the other stops, and it is down; both answer again, and it is up.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { api, DESK, journey, look, PHONE, signIn, until, visit } from "./lib.mjs";

/** A machine's page of metrics, which can fall silent and come back at the same address. */
class Exporter {
  #server;
  #port = 0;

  async start() {
    this.#server = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/plain; version=0.0.4");
      response.end("node_memory_total_bytes 8589934592\nnode_memory_available_bytes 4294967296\n");
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = this.#server.address().port;
  }

  get address() {
    return `http://127.0.0.1:${this.#port}/metrics`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function made(page, exporters) {
  const mark = Date.now().toString(36);
  const make = (type, name) => api(page, "POST", "/items", { type, name: `${name} ${mark}` });
  const relate = (kind, source, target, more = {}) =>
    api(page, "POST", "/relations", { kind, source: source.id, target: target.id, ...more });
  const system = await make("business-system", "双机系统");
  const hosts = [];
  for (const [at, exporter] of exporters.entries()) {
    const application = await make("application", `应用 ${at + 1}`);
    const host = await make("host", `应用主机 ${at + 1}`);
    await relate("uses", system, application, { group: "web", need: 1, standby: "hot" });
    await relate("runs-on", application, host);
    await api(page, "POST", "/targets", {
      item: host.id,
      template: "sim-host",
      address: exporter.address,
      interval_s: 2,
      timeout_s: 1,
    });
    hosts.push(host);
  }
  return { system, hosts };
}

async function walk(page) {
  await signIn(page);
  const exporters = [new Exporter(), new Exporter()];
  for (const exporter of exporters) await exporter.start();
  const { system, hosts } = await made(page, exporters);
  const state = async () => (await api(page, "GET", `/impact/services/${system.id}`)).state;
  await until("both are measured, and it is up", async () => (await state()) === "up");

  await visit(page, `/items/${system.id}`);
  const card = page.locator("[data-service]");
  await page.locator('[data-service="up"]').waitFor();
  await exporters[0].stop();
  await page.locator('[data-service="degraded"]').waitFor({ timeout: 60_000 });
  await card.getByRole("link", { name: hosts[0].name }).waitFor();
  await card.getByText("再坏一个即中断").waitFor();
  await card.getByRole("link", { name: hosts[1].name }).waitFor();
  await look(page, "service-degraded");

  await visit(page, "/boards/systems");
  const tile = page.locator(`[data-system="${system.name}"]`);
  await tile.getByText("带病运行").waitFor();
  await tile.getByText(`因 ${hosts[0].name}`).waitFor();
  await look(page, "service-board");

  await visit(page, `/unified-view?system=${system.id}`);
  await page.locator('[data-service="degraded"]').waitFor();
  await page.locator('[data-felt="down"]').first().waitFor();
  await look(page, "service-model");

  const asked = await api(page, "POST", "/impact/what-if", { failed: [hosts[1].id] });
  const supposed = asked.services.find(({ id }) => id === system.id);
  assert.equal(supposed.state, "degraded");

  await exporters[1].stop();
  await page.locator('[data-service="down"]').waitFor({ timeout: 60_000 });
  await page.setViewportSize(PHONE);
  await visit(page, `/items/${system.id}`);
  await card.getByText("服务中断").waitFor();
  await look(page, "service-down-phone");
  await visit(page, "/boards/systems");
  await tile.getByText("服务中断").waitFor();
  await look(page, "service-board-phone");

  for (const exporter of exporters) await exporter.start();
  await until("both answer, and it is up", async () => (await state()) === "up");
  for (const exporter of exporters) await exporter.stop();
  const targets = await Promise.all(
    hosts.map((host) => api(page, "GET", `/targets?item=${host.id}`)),
  );
  for (const { items } of targets) {
    for (const { id } of items) await api(page, "DELETE", `/targets/${id}`);
  }
}

await journey("service-state", DESK, walk);
