/** A filtered list is no sign of calm. */
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { page, Server, type Asked } from "@/testing/server";
import { List } from "./list";
import type { Filter, FilterName } from "./types";

const FILTERS: Filter<FilterName<"/items">>[] = [
  { name: "condition", label: "状态", options: [{ value: "down", label: "中断" }] },
];

function Watched() {
  return (
    <List
      spec={{
        page: "items",
        topic: "items",
        path: "/items",
        rowKey: (row) => row.id,
        columns: [{ key: "name", label: "名称", render: (row) => row.name }],
        filters: FILTERS,
        card: (row) => <b>{row.name}</b>,
        empty: { title: "没有", hint: "" },
        abnormal: { said: (n) => `另有 ${String(n)} 个异常`, filters: { condition: ["down"] } },
      }}
    />
  );
}

describe("a list that a filter has emptied", () => {
  it("says how much is wrong outside of it, and one act shows that", async () => {
    const server = new Server({
      "GET /me/views": page(),
      "GET /items": ({ query }: Asked) =>
        query.get("condition") === "down"
          ? page({ id: "1", name: "检验服务器" })
          : { ...page(), abnormal_hidden: 3 },
    });
    const { user, body } = show(<Watched />, "/?condition=ok&q=x");
    expect(await screen.findByText("另有 3 个异常")).toBeDefined();
    await expectAccessible(body);
    await user.click(screen.getByRole("button", { name: "查看" }));
    expect(await screen.findByText("检验服务器")).toBeDefined();
    expect(server.to("/items").at(-1)?.query.get("q") ?? "").toBe("");
    expect(screen.queryByText("另有 3 个异常")).toBeNull();
  });
});
