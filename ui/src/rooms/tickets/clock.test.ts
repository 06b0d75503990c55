import { describe, expect, it } from "vitest";
import type { Clock } from "@/api/types";
import { colourAt, countsAt, goneAt, leading, remainingAt, ticketColourAt } from "./clock";

const T0 = Date.parse("2026-11-23T08:00:00Z");
const minutes = (n: number): number => T0 + n * 60_000;
const iso = (n: number): string => new Date(minutes(n)).toISOString();

const clock = (more: Partial<Clock> = {}): Clock => ({
  name: "restore",
  round: 1,
  label: "恢复",
  colour: "green",
  started_at: iso(0),
  yellow_at: iso(30),
  red_at: iso(50),
  due_at: iso(60),
  paused: false,
  pause_reason: null,
  remaining_s: 3600,
  read_at: iso(0),
  working_time: false,
  counts: true,
  turns: [],
  target_s: 3600,
  target_days: null,
  stopped_at: null,
  outcome: null,
  unlisted_year: null,
  ...more,
});

describe("a running clock", () => {
  it.each([
    [0, "green"],
    [29.9, "green"],
    [30, "yellow"],
    [50, "red"],
    [59.9, "red"],
    [60, "black"],
    [600, "black"],
  ] as const)("after %s minutes is %s", (gone, colour) => {
    expect(colourAt(clock(), minutes(gone))).toBe(colour);
  });

  it("counts down through zero", () => {
    expect(remainingAt(clock(), minutes(59))).toBe(60);
    expect(remainingAt(clock(), minutes(61))).toBe(-60);
  });

  it("shows how much of its time is gone, never more than all", () => {
    expect(goneAt(clock(), minutes(15))).toBeCloseTo(0.25);
    expect(goneAt(clock(), minutes(90))).toBe(1);
  });
});

describe("a clock of working time", () => {
  /** Read at 0 with ten hours left: counts for one more hour, then again from the 15th on. */
  const working = clock({
    remaining_s: 36_000,
    target_s: 72_000,
    due_at: iso(60 * 24),
    working_time: true,
    turns: [iso(60), iso(60 * 15), iso(60 * 25)],
  });

  it.each([
    [0, 36_000],
    [30, 34_200],
    [60, 32_400],
    [60 * 8, 32_400],
    [60 * 15, 32_400],
    [60 * 16, 28_800],
    [60 * 25, -3_600],
    [60 * 30, -3_600],
  ])("after %s minutes has as much left as the server counts", (gone, left) => {
    expect(remainingAt(working, minutes(gone))).toBe(left);
  });

  it("knows when it does not count", () => {
    expect([30, 60, 600, 60 * 15, 60 * 26].map((gone) => countsAt(working, minutes(gone)))).toEqual(
      [true, false, false, true, false],
    );
  });

  it("shows the share of what was promised", () => {
    expect(goneAt(working, minutes(60 * 8))).toBeCloseTo(1 - 32_400 / 72_000);
  });
});

describe("a paused clock", () => {
  const paused = clock({ paused: true, pause_reason: "等待厂商", remaining_s: 900, due_at: null });

  it("is grey and keeps what was left", () => {
    expect(colourAt(paused, minutes(500))).toBe("grey");
    expect(remainingAt(paused, minutes(500))).toBe(900);
    expect(goneAt(paused, minutes(500))).toBeCloseTo(0.75);
  });

  it("stays black when it was overdue before", () => {
    expect(colourAt({ ...paused, due_at: iso(60) }, minutes(500))).toBe("black");
  });
});

describe("a ticket", () => {
  it("is watched by the running clock that is due first", () => {
    const respond = clock({ name: "respond", due_at: iso(30) });
    const stopped = clock({ name: "on_site", due_at: iso(10), stopped_at: iso(5) });
    expect(leading([clock(), stopped, respond])?.name).toBe("respond");
    expect(leading([stopped])).toBeNull();
  });

  it("turns worse by itself between two answers, and never better", () => {
    const ticket = { colour: "green" as const, clocks: [clock()] };
    expect(ticketColourAt(ticket, minutes(55))).toBe("red");
    expect(ticketColourAt({ ...ticket, colour: "black" }, minutes(1))).toBe("black");
  });

  it("stays grey while it is paused as a whole", () => {
    expect(ticketColourAt({ colour: "grey", clocks: [clock({ paused: true })] }, minutes(99))).toBe(
      "grey",
    );
  });
});
