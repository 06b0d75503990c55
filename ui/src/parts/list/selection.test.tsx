/** Selecting several records of a list, on the desk and on the phone. */
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { media } from "@/testing/media";
import { expectAccessible, show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import { List } from "./list";

const host = (id: string, name: string) => ({ id, name, key: `k-${id}`, type_label: "主机" });
const asksItems = () =>
  new Server({
    "GET /items": page(host("1", "检验服务器"), host("2", "影像服务器")),
    "GET /me/views": page(),
  });

function Chosen({ most = 2, onAct }: { most?: number; onAct: (keys: string[]) => void }) {
  return (
    <List
      spec={{
        page: "chosen",
        topic: "items",
        path: "/items",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [{ key: "name", label: "名称", render: (row) => row.name }],
        card: (row) => <b>{row.name}</b>,
        empty: { title: "没有", hint: "" },
        selection: {
          most,
          name: (row) => row.name,
          acts: (rows, done) => (
            <button
              type="button"
              onClick={() => {
                onAct(rows.map(({ id }) => id));
                done(["1"]);
              }}
            >
              处理
            </button>
          ),
        },
      }}
    />
  );
}

describe("a selection", () => {
  it("is made by a box or the key x, and what is done is selected no more", async () => {
    asksItems();
    const acted: string[][] = [];
    const { body, user } = show(<Chosen onAct={(keys) => acted.push(keys)} />);
    await user.click(await screen.findByRole("checkbox", { name: "选择“检验服务器”" }));
    screen.getByRole("link", { name: "影像服务器" }).focus();
    await user.keyboard("x");
    expect(screen.getByText("已选 2 个")).toBeTruthy();
    await expectAccessible(body);
    await user.click(screen.getByRole("button", { name: "处理" }));
    expect(acted).toEqual([["1", "2"]]);
    expect(screen.getByText("已选 1 个")).toBeTruthy();
  });

  it("takes no more than one act does", async () => {
    asksItems();
    const { user } = show(<Chosen most={1} onAct={() => undefined} />);
    await user.click(await screen.findByRole("checkbox", { name: "选择已显示的全部" }));
    expect(screen.getByText("已选 1 个")).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "选择“影像服务器”" }));
    expect(screen.getByText("已选 1 个")).toBeTruthy();
  });

  it("works on the phone's cards", async () => {
    media.phone(true);
    asksItems();
    const { user } = show(<Chosen onAct={() => undefined} />);
    await user.click(await screen.findByRole("checkbox", { name: "选择“检验服务器”" }));
    expect(screen.getByText("已选 1 个")).toBeTruthy();
  });
});
