/** Every main page on a phone: nothing wider than the screen, the tabs at the thumb. */
import assert from "node:assert/strict";
import { journey, PHONE, signIn, visit } from "./lib.mjs";

const PAGES = ["/boards/information", "/boards/status", "/boards/systems", "/tickets", "/tickets/new", "/alerts", "/items", "/targets", "/definitions", "/definitions/item-type/host", "/definitions/item-type/host/edit", "/definitions/new", "/relations", "/rules", "/people", "/roles", "/tokens", "/audit", "/collectors", "/account", "/more"];

await journey("looks-phone", PHONE, async (page) => {
  await signIn(page);
  assert.equal(await page.locator(".phone-tabs a").count(), 4);
  for (const path of PAGES) {
    await visit(page, path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
    assert.equal(await page.locator(".shell-side").count(), 0, "the desk's navigation is on the phone");
  }
});
