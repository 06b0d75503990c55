import { expect, it } from "vitest";
import { halves } from "./graph-names";

it("keeps the end by which items of one system are told apart", () => {
  expect(halves("放射科PACS/RIS WebLogic 1")).toEqual(["放射科PACS/RIS", " WebLogic 1"]);
  expect(halves("II-IV期全流程临床试验信息化管理系统 备用数据库服务器")).toEqual([
    "II-IV期全流程临床试验信息化管理系统 备用数据",
    "库服务器",
  ]);
});

it("leaves alone what fits", () => {
  expect(halves("主机房核心交换机 1")).toEqual(["主机房核心交换机 1", ""]);
  expect(halves("")).toEqual(["", ""]);
});

it("loses no sign, whatever the name", () => {
  const names = ["a".repeat(60), "😀".repeat(30), `长${" ".repeat(30)}`, "一 ".repeat(20)];
  for (const name of names) expect(halves(name).join("")).toBe(name);
});
