/** Switching a rule: what would end is said before, and a reason is asked for. */
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { signInByToken } from "@/api/session";
import type { Rule } from "@/api/types";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { RuleState, SwitchRule } from "./rule-switch";

const rule = { name: "DiskLow", label: "磁盘空间不足", enabled: true, rule_set: "disks" } as Rule;
const CHECK = { ending: "3 个未恢复告警", needs_consent: true, problems: [] };

const server = async (...permissions: string[]): Promise<Server> => {
  const account = { id: "me", language: "zh-hans", theme: "system" };
  const answers = new Server({
    "POST /session/wall": { account, permissions },
    "POST /alert-rules/DiskLow/check-switch": CHECK,
    "POST /alert-rules/DiskLow/switch": { ...rule, enabled: false },
  });
  await signInByToken("token");
  return answers;
};

it("says what ends, wants a reason, and sends the consent with it", async () => {
  const asked = await server("schema.edit");
  const { user } = show(<SwitchRule rule={rule} />);
  await user.click(screen.getByRole("button", { name: "停用规则" }));
  expect(await screen.findByText("此刻受影响：3 个未恢复告警。")).toBeDefined();
  const [, confirm] = screen.getAllByRole("button", { name: "停用规则" });
  if (confirm) await user.click(confirm);
  expect(await screen.findByText("请填写原因")).toBeDefined();
  expect(asked.to("/alert-rules/DiskLow/switch")).toEqual([]);
  await user.type(screen.getByLabelText("原因"), "机房搬迁");
  if (confirm) await user.click(confirm);
  await waitFor(() => {
    expect(asked.to("/alert-rules/DiskLow/switch")[0]?.body).toEqual({
      enabled: false,
      reason: "机房搬迁",
      consent: true,
    });
  });
});

it("is not offered to who may not change definitions", async () => {
  await server();
  expect(show(<SwitchRule rule={rule} />).body.textContent).toBe("");
});

it("is told by a word and a shape", async () => {
  const { body } = show(
    <>
      <RuleState enabled />
      <RuleState enabled={false} />
    </>,
  );
  expect(body.textContent).toBe("启用停用");
  expect(body.querySelectorAll("svg")).toHaveLength(2);
  await expectAccessible(body);
});
