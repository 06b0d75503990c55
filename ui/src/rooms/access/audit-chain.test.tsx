/** The state of the whole chain: claimed only where it was found out, and said where it breaks. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { Chain } from "./audit-chain";

const CHAIN = {
  state: "whole",
  checked_at: new Date().toISOString(),
  entries: 1234567,
  waiting: 2,
  broken_at: null,
  faults: [],
  more_faults: 0,
  proved_until: "2026-11-23T06:03:00Z",
};

it("says that it holds, when that was found, of how many entries, and who vouches", async () => {
  new Server({ "GET /audit-chain": CHAIN });
  const { body } = show(<Chain />);
  expect(await screen.findByText("整条审计链完好")).toBeDefined();
  expect(body.textContent).toContain("共 1234567 条，另有 2 条待封存");
  expect(body.textContent).toContain("凭证证明到 2026");
  await expectAccessible(body);
});

it("says where it is broken and how, and what to do", async () => {
  const faults = ["3: 被改动"];
  const broken = { ...CHAIN, state: "broken", broken_at: 3, faults, more_faults: 4 };
  new Server({ "GET /audit-chain": broken });
  const { body } = show(<Chain />);
  expect(await screen.findByText("审计链在第 3 条处断裂")).toBeDefined();
  expect(screen.getByText("3: 被改动")).toBeDefined();
  expect(screen.getByText("另有 4 处")).toBeDefined();
  expect(body.textContent).toContain("wardround audit verify");
  expect(body.textContent).not.toContain("完好");
});

it("claims nothing where nobody looked, and has it looked at", async () => {
  const server = new Server({
    "GET /audit-chain": { ...CHAIN, state: "unchecked", checked_at: null, entries: null },
    "POST /audit-chain/check": CHAIN,
  });
  const { user, body } = show(<Chain />);
  expect(await screen.findByText("还没有核对过整条审计链")).toBeDefined();
  expect(body.textContent).not.toContain("完好");
  await user.click(screen.getByRole("button", { name: "现在核对" }));
  expect(server.to("/audit-chain/check")).toHaveLength(1);
});
