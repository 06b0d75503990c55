/**
 * A rule is switched off from the list: what ends is said before and comes true, the reason stands
 * with the rule, and switched on again it fires again.
 */
import assert from "node:assert/strict";
import { api, DESK, journey, signIn, until, visit } from "./lib.mjs";

const NAME = `journey-${Date.now().toString(36)}`;
const RULE = `Journey${Date.now().toString(36)}`;
const TEXT = `kind: alert-rules
name: ${NAME}
template: linux-machine
groups:
  - name: journey
    rules:
      - alert: ${RULE}  # fires while the machine answers
        label: {zh: 演练规则, en: Drill}
        expr: up == 1
        labels: {severity: warning}
        annotations: {summary: {zh: "{{ item }} 演练", en: "drill of {{ item }}"}}
`;
const WHY = "演练结束，不再需要";

const definition = (page) => api(page, "GET", `/definitions/alert-rules/${NAME}`);
const alerts = async (page, state) => (await api(page, "GET", `/alerts?rule=${RULE}&state=${state}`)).items;

async function switched(page, why) {
  await page.locator('[data-act="switch-rule"]').first().click();
  const box = page.locator(".ant-modal");
  await box.locator("textarea").fill(why);
  return box;
}

const submit = (box) => box.locator(".ant-modal-footer .ant-btn").last().click();

await journey("rule-switch", DESK, async (page) => {
  await signIn(page);
  await api(page, "PUT", `/definitions/alert-rules/${NAME}`, { text: TEXT });
  try {
    await until("the rule fires", async () => (await alerts(page, "open")).length > 0);
    await visit(page, `/rules?q=${RULE}`);
    const off = await switched(page, WHY);
    await off.locator('[data-field="ending"]', { hasText: "未恢复告警" }).waitFor();
    await submit(off);
    await page.locator('[data-row] [data-enabled="false"]').waitFor();
    assert.equal(new URL(page.url()).pathname, "/rules", "a click in the dialog left the list");
    const ended = await until("its alerts end", async () => ((await alerts(page, "open")).length === 0 ? alerts(page, "resolved") : null));
    assert.ok(ended.every(({ end_reason }) => end_reason === "rule_removed"));

    await visit(page, `/rules/${RULE}`);
    await page.locator('[data-field="because"]', { hasText: WHY }).waitFor();
    const { text, version } = await definition(page);
    assert.equal(version, 2);
    assert.ok(text.includes("# fires while the machine answers"), text);
    const on = await switched(page, "重新演练");
    await submit(on);
    await page.locator('[data-enabled="true"]').waitFor();
    await page.locator('[data-field="because"]', { hasText: "重新演练" }).waitFor();
    await until("it fires again", async () => (await alerts(page, "open")).length > 0);
  } finally {
    await api(page, "DELETE", `/definitions/alert-rules/${NAME}?consent=true`);
  }
});
