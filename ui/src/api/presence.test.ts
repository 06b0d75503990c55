/** What the page asks by itself is told apart from what a person asks. */
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("says that nobody is there after a minute without a sign, until the next one", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("document", { cookie: "" });
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", (_url: string, given: { headers: Record<string, string> }) => {
    asked.push(given.headers["X-Wardround-Background"] ?? null);
    return Promise.resolve(new Response("{}", { headers: { "Content-Type": "application/json" } }));
  });
  const signs = new Map<string, () => void>();
  const { startPresence } = await import("./presence");
  const { get } = await import("./client");
  startPresence({
    addEventListener: (sign: string, act: () => void) => signs.set(sign, act),
  } as unknown as Window);

  await get("/items");
  vi.advanceTimersByTime(61_000);
  await get("/items");
  signs.get("keydown")?.();
  await get("/items");

  expect(asked).toEqual([null, "1", null]);
});
