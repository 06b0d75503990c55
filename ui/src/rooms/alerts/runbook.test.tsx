/** A runbook is linked where its address is one of the web, and nowhere else. */
import { describe, expect, it } from "vitest";
import { show } from "@/testing/screen";
import { RunbookFact } from "./runbook";

describe("a runbook", () => {
  it("is a link that opens beside the alert", () => {
    const { body } = show(<RunbookFact address="https://wiki.example/a#b" />);
    const link = body.querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://wiki.example/a#b");
    expect(link?.getAttribute("rel")).toContain("noopener");
  });

  it.each(["", "javascript:alert(1)", "data:text/html,x"])("is nothing for %j", (address) => {
    const { body } = show(<RunbookFact address={address} />);
    expect(body.querySelector("a")).toBeNull();
  });
});
