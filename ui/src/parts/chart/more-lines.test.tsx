/** What a chart leaves out it counts and offers. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/screen";
import type { Line } from "./chart";
import { useSomeLines } from "./more-lines";

const lines = (n: number): Line[] =>
  Array.from({ length: n }, (_each, place) => ({ name: `盘 ${String(place)}`, points: [] }));

function Drawn({ of }: { of: Line[] }) {
  const [some, rest] = useSomeLines(of);
  return (
    <>
      <output>{some.map(({ name }) => name).join()}</output>
      {rest}
    </>
  );
}

const drawn = () => document.querySelector("main output")?.textContent?.split(",") ?? [];

it("draws twelve of many, says how many it leaves out, and draws all when asked", async () => {
  const { user } = show(<Drawn of={lines(30)} />);
  expect(drawn()).toHaveLength(12);
  expect(drawn()[0]).toBe("盘 0");
  screen.getByText("另有 18 条线未画出");
  await user.click(screen.getByRole("button", { name: "全部画出" }));
  expect(drawn()).toHaveLength(30);
  await user.click(screen.getByRole("button", { name: "只画前几条" }));
  expect(drawn()).toHaveLength(12);
});

it("says nothing where all are drawn", () => {
  const { body } = show(<Drawn of={lines(12)} />);
  expect(drawn()).toHaveLength(12);
  expect(body.textContent).not.toContain("未画出");
});
