/** What the page asks by itself is told apart from what a person asks. */
import { afterEach, expect, it, vi } from "vitest";
import { read } from "./client";
import { startPresence } from "./presence";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("says that nobody is there after a minute without a sign, until the next one", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request.headers.get("X-Wardround-Background"));
    return Promise.resolve(Response.json({ items: [] }));
  });
  startPresence();
  window.dispatchEvent(new Event("keydown"));

  await read("/items", {});
  vi.advanceTimersByTime(61_000);
  await read("/items", {});
  window.dispatchEvent(new Event("keydown"));
  await read("/items", {});

  expect(asked).toEqual([null, "1", null]);
});
