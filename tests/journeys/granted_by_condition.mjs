/**
 * A role over the items that fit a condition: the administrator gives it in the form of an account,
 * with its words offered and what fits counted; its holder sees these items, and the item says why.
 */
import assert from "node:assert/strict";
import {
  api,
  BASE,
  DESK,
  journey,
  look,
  PHONE,
  provokes,
  ready,
  signIn,
  until,
  visit,
} from "./lib.mjs";

const FIELD = "[data-filter=where]";
const CONDITION = "type = host";
const SECOND = "Journey-granted-2026";
const option = (page, name) =>
  page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: name }).first();

/** An account without a role; gives its id and what opens it. */
async function hire(page, userName) {
  const body = { user_name: userName, display_name: `主机 ${userName}` };
  const { id } = await api(page, "POST", "/accounts", body);
  const { password } = await api(page, "POST", `/accounts/${id}/password`);
  return { id, password };
}

async function give(page, id, size) {
  await visit(page, `/people/${id}`);
  await page.getByRole("button", { name: "添加角色" }).click();
  await page.locator(".given-role .role-select").click();
  await option(page, "只读").click();
  await page.locator(".given-role").getByText("按条件", { exact: true }).click();
  await page.fill(FIELD, "type = hozt");
  provokes("/items?", 422);
  await page.locator("[name=email], #email").first().focus();
  assert.match(await page.locator("[data-field=mistake]").innerText(), /第 8 个字符/);
  await page.fill(FIELD, CONDITION);
  await page.locator("[name=email], #email").first().focus();
  const { total } = await api(page, "GET", `/items?where=${encodeURIComponent(CONDITION)}&retired=true`);
  const counted = page.locator("[data-field=matching]");
  await until("what fits is counted", async () => (await counted.innerText()).includes(`${total} 个`));
  await look(page, `granted-form-${size}`);
  await page.getByRole("button", { name: /^保\s?存$/ }).click();
  await until("the role is given", async () => {
    const { roles } = await api(page, "GET", `/accounts/${id}`);
    return roles[0]?.scope.where === CONDITION;
  });
  return total;
}

async function walk(page, size) {
  const name = `hosts-${size}-${Date.now().toString(36)}`;
  await signIn(page);
  const { id, password } = await hire(page, name);
  const total = await give(page, id, size);
  const { items } = await api(page, "GET", "/items?type=host&limit=1");
  await visit(page, `/items/${items[0].id}?tab=seen-by&through=expression`);
  await page.getByText(`主机 ${name}`).first().waitFor();
  await page.locator("code", { hasText: CONDITION }).first().waitFor();
  await look(page, `granted-who-${size}`);

  await api(page, "DELETE", "/session");
  await page.goto(`${BASE}/sign-in`);
  await ready(page, "/sign-in");
  await page.fill('[name="user_name"]', name);
  await page.fill('[name="password"]', password);
  await page.click('[type="submit"]');
  await page.waitForURL((at) => at.pathname !== "/sign-in");
  await api(page, "POST", "/session/password", { old: password, new: SECOND });
  await visit(page, "/items?retired=true");
  await until(`the list says ${total}`, async () =>
    (await page.locator("[data-field=total]").innerText()).includes(`共 ${total} 条`),
  );
  await look(page, `granted-list-${size}`);
  await api(page, "DELETE", "/session");
  await signIn(page);
  await api(page, "PATCH", `/accounts/${id}`, { active: false });
}

provokes("/session", 401);
await journey("granted-desk", DESK, (page) => walk(page, 1440));
await journey("granted-phone", PHONE, (page) => walk(page, 390));
