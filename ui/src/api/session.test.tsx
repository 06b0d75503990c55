/** What the browser takes from the server before anybody reads: the hospital's zone and language. */
import { beforeEach, expect, it } from "vitest";
import { chooseLanguage, currentLanguage } from "@/language";
import { fullTime } from "@/language/format";
import { refused, Server } from "@/testing/server";
import { currentSession, loadSession } from "./session";

const hospital = (language: string, time_zone: string) => ({
  "GET /hospital": { language, time_zone },
  "GET /session": () => refused(401, "请先登录"),
});

beforeEach(() => {
  localStorage.clear();
  chooseLanguage("zh-CN");
  localStorage.clear();
});

it("shows moments in the hospital's zone", async () => {
  for (const [zone, told] of [
    ["Asia/Urumqi", "14:30"],
    ["Europe/Lisbon", "08:30"],
  ] as const) {
    new Server(hospital("zh-hans", zone));
    await loadSession();
    expect(fullTime("2026-11-23T08:30:00Z")).toContain(told);
  }
  expect(currentSession()).toBeNull();
});

it("speaks the hospital's language to whoever has chosen none", async () => {
  new Server(hospital("en", "Asia/Urumqi"));
  await loadSession();
  expect(currentLanguage()).toBe("en");
});

it("keeps the language that this browser's reader chose", async () => {
  chooseLanguage("zh-CN");
  new Server(hospital("en", "Asia/Urumqi"));
  await loadSession();
  expect(currentLanguage()).toBe("zh-CN");
});
