/**
 * Every page of the registry, light and dark, at one width: nothing that axe objects to, nothing
 * wider than the screen, no code and no key of the database in front of a person; on the phone also
 * targets that a thumb meets and fields that do not make the browser zoom.
 */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { api, journey, PHONE, ready, signIn, until, visit } from "./lib.mjs";
import { Watched } from "./watched.mjs";
import { codesShown, fieldsThatZoom, smallTargets } from "./every_page_checks.mjs";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const ROOMS = new URL("../../ui/src/rooms/", import.meta.url);
const OWN = new URL("../../ui/src/shell/own-pages.tsx", import.meta.url);

/** The addresses that rooms declare, as `pages.ts` gathers them. */
async function declared() {
  const rooms = await readdir(ROOMS);
  const files = [...rooms.map((room) => new URL(`${room}/pages.tsx`, ROOMS)), OWN];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text) => [...text.matchAll(/^\s+path: "([^"]+)"/gm)].map(([, path]) => path));
}

const first = async (page, path) => (await api(page, "GET", path)).items[0];

/** An import that was tried: two rows, one of which cannot be. */
const tried = (page) =>
  page.evaluate(async () => {
    const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
    const form = new FormData();
    form.append("file", new Blob(["编号,名称,类型\nw-1,走查,host\nw-2,走查,nothing"]), "走查.csv");
    form.append("dry_run", "true");
    const headers = { "X-CSRFToken": token };
    const answer = await fetch("/api/v1/imports", { method: "POST", headers, body: form });
    return answer.json();
  });

/** A delivery that never left: its webhook is out of force again. */
async function delivery(page) {
  const at = "/definitions/webhook/every-page";
  const body = { kind: "webhook", name: "every-page", label: "走查", url: "http://127.0.0.1:9/" };
  const text = JSON.stringify({ ...body, secret: "every-page-goes-nowhere-at-all" });
  await api(page, "PUT", at, { text });
  const made = await api(page, "POST", "/webhooks/every-page/trial");
  await api(page, "DELETE", `${at}?consent=true`);
  return made;
}

/** A scenario, once: its name is taken the second time. */
async function supposed(page) {
  const there = await first(page, "/impact/scenarios?limit=1");
  if (there) return there;
  const host = await first(page, "/items?type=host&limit=1");
  return api(page, "POST", "/impact/scenarios", { name: "走查", failed: [host.id] });
}

/** What fills the blanks of an address: a page whose blanks nothing here fills is a failure. */
async function examples(page) {
  const [ticket, done, alert, item, target, me, imported, letter, network, scenario] =
    await Promise.all([
    first(page, "/tickets?open=true&limit=1"),
    first(page, "/tickets?open=false&limit=1"),
    first(page, "/alerts?limit=1"),
    first(page, "/items?type=business-system&limit=1"),
    first(page, "/targets?template=linux-machine&limit=1"),
    api(page, "GET", "/session"),
    tried(page),
    delivery(page),
    first(page, "/networks?limit=1"),
    supposed(page),
  ]);
  const machine = target.item.id;
  const tabs = ["items", "graph", "relations", "targets", "alerts", "tickets", "changes"];
  return {
    "/tickets/:id": [ticket, done].filter(Boolean).map(({ id }) => `/tickets/${id}`),
    "/alerts": ["/alerts", "/alerts?state=resolved&severity=info"],
    "/alerts/:id": [`/alerts/${alert.id}`],
    "/rules/:name": [`/rules/${alert.rule}`],
    "/items/:id": [`/items/${item.id}`, `/items/${item.id}?tab=graph`, `/items/${item.id}?tab=interfaces`, `/items/${machine}`, `/items/${machine}?tab=graph&as=list`, ...tabs.map((tab) => `/items/${machine}?tab=${tab}`)],
    "/items/:id/edit": [`/items/${machine}/edit`],
    "/items/:id/formula": [`/items/${item.id}/formula`],
    "/impact/services/:id/fault-tree": ["picture", "text", "figures"].map((as) => `/impact/services/${item.id}/fault-tree?look=${as}`),
    "/impact/scenarios/:id": [`/impact/scenarios/${scenario.id}`],
    "/targets/:id": [`/targets/${target.id}`],
    "/imports/:id": [`/imports/${imported.id}`],
    "/webhook-deliveries/:id": [`/webhook-deliveries/${letter.id}`],
    "/networks/:id": [`/networks/${network.id}`],
    "/people/:id": [`/people/${me.account.id}`],
    "/definitions/:kind/:name": ["/definitions/item-type/host"],
    "/definitions/:kind/:name/edit": ["/definitions/item-type/host/edit"],
    "/wall/:board": ["information", "status", "systems"].map((board) => `/wall/${board}`),
    "*": ["/no-such-page"],
  };
}

/** Signed in, these lead elsewhere. */
const BEFORE_SIGN_IN = ["/sign-in", "/change-password"];

export async function addresses(page) {
  const filled = await examples(page);
  return (await declared()).flatMap((path) => {
    if (BEFORE_SIGN_IN.includes(path)) return [];
    const found = filled[path] ?? [path];
    assert.ok(found.every((address) => !address.includes(":")), `say in examples() what fills ${path}`);
    return found;
  });
}

async function objections(page) {
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"], rules: { region: { enabled: false } } }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} at ${target.join(" ")}: ${any[0]?.message ?? ""}`),
  );
}

/** What is still being fetched has no words yet; what stands below the fold is fetched when seen. */
export async function drawn(page) {
  await until("everything in view drawn", () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".skeleton, .ant-skeleton, .ant-spin-spinning")].every((waiting) => {
        const { top, bottom } = waiting.getBoundingClientRect();
        return top > window.innerHeight || bottom < 0;
      }),
    ),
  );
}

/** An open alert and its open ticket, whose pages a platform that has just begun does not have. */
async function somethingWrong(page, watched) {
  await watched.start();
  await watched.watch(page);
  await watched.kill();
  await until("an open alert and its ticket", async () => {
    const found = await Promise.all([first(page, "/alerts?state=open&limit=1"), first(page, "/tickets?open=true&limit=1")]);
    return found.every(Boolean);
  });
}

const MODES = ["light", "dark"];

async function look(page, path, phone, names) {
  const found = [];
  const note = (what, all) => found.push(...[...new Set(all)].map((each) => ({ path, what: `${what}: ${each}` })));
  for (const mode of MODES) {
    await page.emulateMedia({ colorScheme: mode, reducedMotion: "reduce" });
    await until(`${mode} theme`, () => page.evaluate((wanted) => document.documentElement.dataset.theme === wanted, mode));
    note(`${mode}, axe`, await objections(page));
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) note("wider than the screen", [`${over} px`]);
  note("in front of a person", await page.evaluate(codesShown, names));
  if (phone) {
    note("smaller than 44 px", await page.evaluate(smallTargets));
    note("a field below 16 px", await page.evaluate(fieldsThatZoom));
  }
  return found;
}

/** What things are called inside: no person reads these. */
async function insideNames(page) {
  const { items } = await api(page, "GET", "/definitions?limit=500");
  return [...new Set(items.map(({ name }) => name))].filter((name) => /[-_]/.test(name));
}

/** What was found, each kind once with its count and the first page that has it. */
function told(found) {
  const kinds = new Map();
  for (const { path, what } of found) {
    const kind = kinds.get(what) ?? { count: 0, path };
    kinds.set(what, { ...kind, count: kind.count + 1 });
  }
  const lines = [...kinds].map(([what, { count, path }]) => `${count} × ${path}: ${what}`);
  return [`${found.length} found`, ...lines].join("\n");
}

export async function everyPage(name, viewport) {
  const phone = viewport === PHONE;
  const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  await journey(name, viewport, async (page) => {
    await page.addInitScript(axe);
    const found = [];
    await page.goto(new URL("/sign-in", process.env.WARDROUND_JOURNEY_URL).href);
    await ready(page, "/sign-in");
    found.push(...(await look(page, "/sign-in", phone, [])));
    await signIn(page);
    const { account } = await api(page, "GET", "/session");
    await api(page, "PATCH", "/me", { theme: "system" });
    const names = await insideNames(page);
    const only = process.env.WARDROUND_JOURNEY_ONLY;
    const watched = new Watched();
    try {
      await somethingWrong(page, watched);
      for (const path of (await addresses(page)).filter((each) => !only || each.includes(only))) {
        await visit(page, path);
        await drawn(page);
        found.push(...(await look(page, path, phone, names)));
      }
    } finally {
      await watched.end(page).catch((error) => { console.error(String(error)); });
      await api(page, "PATCH", "/me", { theme: account.theme });
    }
    assert.equal(found.length, 0, told(found));
  });
}
