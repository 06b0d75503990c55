/** The stream's rules, with a source and a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Listener = (event: { data: string }) => void;

class Source {
  static all: Source[] = [];
  closed = false;
  readonly #listeners = new Map<string, Listener>();
  constructor(readonly url: string) {
    Source.all.push(this);
  }
  addEventListener(name: string, listener: Listener): void {
    this.#listeners.set(name, listener);
  }
  say(name: string, data: unknown = {}): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }
  close(): void {
    this.closed = true;
  }
}

const newest = (): Source => Source.all.at(-1) as Source;
const invalidated: unknown[] = [];

vi.mock("./queries", () => ({
  queryClient: {
    invalidateQueries: (filter?: { queryKey: string[] }) => {
      invalidated.push(filter?.queryKey[0] ?? "everything");
    },
  },
}));

let stop: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("document", {
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
    visibilityState: "visible",
  });
  vi.stubGlobal("window", globalThis);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  Source.all = [];
  invalidated.length = 0;
  stop = (await import("./live")).startLive();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the live stream", () => {
  it("asks for all topics on one connection", () => {
    expect(Source.all.map((source) => source.url)).toEqual([
      "/api/v1/stream?topics=tickets%2Calerts%2Citems%2Ctargets%2Cboard%2Cimports%2Cwebhooks%2Crecycle-bin%2Cscenarios",
    ]);
  });

  it("turns many messages into one fetch a topic, and redraws the boards with them", () => {
    newest().say("open");
    for (let count = 0; count < 5; count += 1)
      newest().say("changed", { topic: "tickets", ids: [] });
    expect(invalidated).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(invalidated).toEqual(["tickets", "board"]);
  });

  it("fetches once a second where changes do not end", () => {
    newest().say("open");
    for (let tenth = 0; tenth < 50; tenth += 1) {
      newest().say("changed", { topic: "alerts", ids: [] });
      vi.advanceTimersByTime(100);
    }
    expect(invalidated.filter((topic) => topic === "alerts")).toHaveLength(5);
  });

  it("fetches everything when the server says that something was missed", () => {
    newest().say("open");
    newest().say("changed", { topic: "*", ids: [] });
    vi.advanceTimersByTime(200);
    expect(invalidated).toContain("everything");
  });

  it("asks at once what is left when the right to it has gone", () => {
    newest().say("open");
    newest().say("ended");
    expect(newest().closed).toBe(true);
    expect(invalidated).toEqual(["everything"]);
  });

  it("comes back by itself after an error, and then fetches everything", () => {
    newest().say("open");
    newest().say("error");
    expect(newest().closed).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(Source.all).toHaveLength(2);
    newest().say("open");
    expect(invalidated).toEqual(["everything"]);
  });

  it("waits longer after each failure", () => {
    newest().say("error");
    vi.advanceTimersByTime(800);
    expect(Source.all).toHaveLength(2);
    newest().say("error");
    vi.advanceTimersByTime(800);
    expect(Source.all).toHaveLength(2);
    vi.advanceTimersByTime(500);
    expect(Source.all).toHaveLength(3);
  });

  it("gives up a connection that has been silent for 25 seconds", () => {
    newest().say("open");
    vi.advanceTimersByTime(27_000);
    expect(Source.all.length).toBeGreaterThan(1);
  });
});
