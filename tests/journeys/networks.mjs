/**
 * Networks and addresses: the tree with how much is used, an address found by its number, the map of
 * a network, the next free address taken, a conflict seen, and a circuit with both ends.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, look, PHONE, signIn, visit } from "./lib.mjs";

async function walk(page, size, block) {
  await signIn(page);
  const mark = `${size}-${Date.now().toString(36)}`;
  const make = (type, name, attributes = {}) =>
    api(page, "POST", "/items", { type, name: `${name} ${mark}`, attributes });
  const space = await make("ip-space", "专网");
  const own = { space: space.id };
  const whole = await make("subnet", "总段", { ...own, network: `${block}.0.0/16` });
  const ward = await make("subnet", "病区", { ...own, network: `${block}.1.0/24`, gateway: `${block}.1.1` });
  const held = { address: `${block}.1.2`, address_space: space.id };
  const machine = await make("virtual-machine", "影像主机", held);

  await visit(page, `/networks?q=${encodeURIComponent(mark)}`);
  await page.getByText(`${block}.1.0/24`).first().waitFor();
  await look(page, `networks-${size}`);
  await page.getByPlaceholder("输入 IP 地址，如 10.1.2.3").fill(`${block}.1.2`);
  await page.getByRole("button", { name: "查地址" }).click();
  const found = page.locator(`[data-found="${block}.1.2"]`);
  await found.getByRole("link", { name: machine.name }).waitFor();
  await found.getByRole("link", { name: `病区 ${mark}` }).click();

  await page.getByRole("button", { name: `下一个空闲：${block}.1.3` }).click();
  await page.getByLabel("名称").fill(`护士站 ${mark}`);
  await page.getByRole("button", { name: /保\s*存/ }).click();
  await page.getByRole("button", { name: `下一个空闲：${block}.1.4` }).waitFor();
  await page.getByText(`护士站 ${mark}`).first().waitFor();
  await make("virtual-machine", "另一主机", held);
  await page.locator('[data-trouble="address-shared"]').waitFor();
  if (size === "desk") {
    assert.equal(await page.locator(".address-cell").count(), 256);
    await page.locator('.address-cell[data-state="conflict"]').waitFor();
  }
  await look(page, `network-${size}`);

  const contract = await make("contract", "线路合同", { ends_on: "2020-01-31" });
  const line = await make("network-link", "专线", { contract: contract.id });
  for (const end of [machine, whole]) {
    await api(page, "POST", "/relations", { kind: "ends-at", source: line.id, target: end.id });
  }
  await visit(page, `/circuits?end=${machine.id}`);
  await page.getByText(`专线 ${mark}`).first().waitFor();
  await page.getByText("已到期 · 2020-01-31").first().waitFor();
  await page.getByText(`总段 ${mark}`).first().waitFor();
  await look(page, `circuits-${size}`);
}

await journey("networks-desk", DESK, (page) => walk(page, "desk", "10.77"));
await journey("networks-phone", PHONE, (page) => walk(page, "phone", "10.78"));
