import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { Drawing } from "./type-icon";

/** What definitions may name, as the server has it. */
const named = (): string[] => {
  const file = readFileSync(resolve("../wardround/schema/icons.py"), "utf8");
  return (file.split('"""')[3] ?? "").trim().split(/\s+/);
};

it("draws every icon that a type may name", () => {
  expect(named().length).toBeGreaterThan(90);
  const without = named().filter((icon) => {
    const { container } = render(<Drawing icon={icon} />);
    return container.querySelector("path") === null;
  });
  expect(without).toEqual([]);
});

it("draws nothing for what is none", () => {
  expect(render(<Drawing icon="" />).container.innerHTML).toBe("");
});
