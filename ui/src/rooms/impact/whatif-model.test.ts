import { describe, expect, it } from "vitest";
import { addressOf, askedOf, grouped, type Hit } from "./whatif-model";

const none = { items: [], more: 0, hidden: [] };
const some = { items: [{ id: "i", name: "i" }], more: 0, hidden: [] };
const hit = (name: string, more: Partial<Hit>): Hit =>
  ({
    id: name,
    name,
    state: "up",
    switch_minutes: null,
    causes: none,
    unprotected: none,
    ...more,
  }) as Hit;

describe("what if", () => {
  it("says in the address what is asked, and reads it again", () => {
    const asked = {
      failed: ["a", "b"],
      sets: [
        { kind: "within" as const, item: "room", where: "" },
        { kind: "where" as const, where: 'type = "switch"' },
      ],
    };
    expect(askedOf(new URL(addressOf(asked), "http://x").searchParams)).toEqual(asked);
  });

  it("calls a system by the gravest that befalls it, and leaves out what goes on", () => {
    const found = grouped([
      hit("stops", { state: "down" }),
      hit("switches", { state: "down", switch_minutes: 20 }),
      hit("limps", { state: "degraded" }),
      hit("one more", { state: "degraded", unprotected: some }),
      hit("goes on", { state: "unknown" }),
    ]);
    const names = Object.fromEntries(
      Object.entries(found).map(([group, hits]) => [group, hits.map(({ name }) => name)]),
    );
    expect(names).toEqual({
      down: ["stops"],
      switching: ["switches"],
      degraded: ["limps"],
      unprotected: ["one more"],
    });
  });
});
