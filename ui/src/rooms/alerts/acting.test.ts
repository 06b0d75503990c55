/** Which acts are offered for an alert, and when a chosen silence ends. */
import { describe, expect, it } from "vitest";
import type { Alert } from "@/api/types";
import { learnServerTime } from "@/parts/now";
import { endOf, fitting, fittingAny } from "./acting";

const alert = (changes: Partial<Alert> = {}): Alert =>
  ({ may_handle: true, state: "open", acknowledged: null, silence: null, ...changes }) as Alert;
const by = { id: "1", name: "李护" };
const silence = { by, since: "", until: "", reason: "" };

describe("the acts on an alert", () => {
  it("are those that fit what was done before", () => {
    expect(fitting(alert())).toEqual(["acknowledge", "silence", "close"]);
    expect(fitting(alert({ silence, acknowledged: { by, at: "", note: "" } }))).toEqual([
      "lift",
      "close",
    ]);
  });

  it("are none where the reader may not, or it is over", () => {
    expect(fitting(alert({ may_handle: false }))).toEqual([]);
    expect(fitting(alert({ state: "resolved" }))).toEqual([]);
  });

  it("on several are those that fit any", () => {
    expect(fittingAny([alert({ silence }), alert()])).toEqual([
      "acknowledge",
      "silence",
      "lift",
      "close",
    ]);
    expect(fittingAny([])).toEqual([]);
  });
});

describe("the end of a silence", () => {
  it("is a span from now, or the moment chosen", () => {
    expect(endOf({ span: 4 }, 0)).toBe("1970-01-01T04:00:00.000Z");
    expect(endOf({ span: "custom", until: "2026-03-02T08:00:00Z" }, 0)).toBe(
      "2026-03-02T08:00:00Z",
    );
    expect(endOf({ span: "custom" }, 0)).toBeNull();
  });

  it("is a span by the server's clock, whatever the workstation's says", () => {
    const server = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
    learnServerTime(new Date(server).toUTCString());
    const end = Date.parse(endOf({ span: 168 }) ?? "");
    learnServerTime(new Date().toUTCString());
    expect(Math.abs(end - server - 168 * 3_600_000)).toBeLessThan(5000);
  });
});
