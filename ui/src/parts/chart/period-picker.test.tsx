/** The period of charts is one click, and is in the address. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { media } from "@/testing/media";
import { choose, expectAccessible, show } from "@/testing/screen";
import { PeriodPicker } from "./period-picker";

const pressed = () => screen.getByRole("button", { pressed: true }).textContent;

it("shows the last hour unless the address says otherwise", () => {
  show(<PeriodPicker />);
  expect(pressed()).toBe("1 小时");
  document.body.replaceChildren();
  show(<PeriodPicker />, "/?range=d7");
  expect(pressed()).toBe("7 天");
});

it("writes the chosen period into the address and leaves the rest of it alone", async () => {
  const { user, address, body } = show(
    <PeriodPicker />,
    "/?tab=overview&from=2026-11-23T08:00:00Z&to=2026-11-23T09:00:00Z",
  );
  expect(pressed()).toBe("自定义");
  await user.click(screen.getByRole("button", { name: "24 小时" }));
  expect(address()).toBe("/?tab=overview&range=h24");
  await expectAccessible(body);
});

it("is one list to choose from on the phone", async () => {
  media.phone(true);
  const { user, address } = show(<PeriodPicker />);
  await choose(user, screen.getByRole("combobox", { name: "时间范围" }), "6 小时");
  expect(address()).toBe("/?range=h6");
});
