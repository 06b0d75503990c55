/** What the board says of updates that took something away. */
import { expect, it } from "vitest";
import { signInByToken } from "@/api/session";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { UpdateLosses } from "./update-losses";

const signedIn = async (...permissions: string[]): Promise<void> => {
  const account = { id: "me", language: "zh-hans", theme: "system" };
  new Server({ "POST /session/wall": { account, permissions } });
  await signInByToken("token");
};

it("counts them in a line, and leads whoever may read the audit to what it was", async () => {
  await signedIn("access.audit");
  const { body } = show(<UpdateLosses updates={2} />);
  expect(body.textContent).toContain("产品升级有 2 次带走了本院的内容");
  expect(body.querySelector("a")?.getAttribute("href")).toBe("/audit?action=pack.lose");
  await expectAccessible(body);
});

it("gives others the line without the way", async () => {
  await signedIn();
  const { body } = show(<UpdateLosses updates={1} />);
  expect(body.textContent).toContain("1 次");
  expect(body.querySelector("a")).toBeNull();
});

it("says nothing where nothing was lost", () => {
  expect(show(<UpdateLosses updates={0} />).body.textContent).toBe("");
});
