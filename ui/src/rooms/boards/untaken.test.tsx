/** What the board says of alerts that no row takes. */
import { expect, it } from "vitest";
import { chooseLanguage } from "@/language";
import { expectAccessible, show } from "@/testing/screen";
import { Untaken } from "./untaken";

it("counts them in words, and says nothing where every alert is taken", async () => {
  expect(show(<Untaken alerts={0} />).body.textContent).toBe("");
  chooseLanguage("en");
  const { body } = show(<Untaken alerts={3} />);
  expect(body.textContent).toContain("3 open alerts fit no row");
  await expectAccessible(body);
});
