/** Every page on a phone, and the six boxes of a code, which stand side by side. */
import assert from "node:assert/strict";
import { everyPage } from "./every_page.mjs";
import { journey, PASSWORD, PHONE, signIn, visit } from "./lib.mjs";

await journey("code-boxes-phone", PHONE, async (page) => {
  await signIn(page);
  await visit(page, "/account");
  await page.getByRole("button", { name: "启用两步验证" }).click();
  await page.locator(".proof input[type=password]").fill(PASSWORD);
  await page.locator(".proof [type=submit]").click();
  const boxes = page.locator(".ant-otp input");
  await boxes.nth(5).waitFor();
  const sixth = await boxes.nth(5).boundingBox();
  assert.ok(sixth.x + sixth.width <= PHONE.width, `the sixth box ends at ${sixth.x + sixth.width} px`);
  assert.ok(sixth.width >= 44 && sixth.height >= 44, `${sixth.width} × ${sixth.height}`);
});
await everyPage("every-page-phone", PHONE);
