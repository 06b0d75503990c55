/** Choosing several records of a list, on the desk and on the phone. */
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
        choosing: {
          most,
          nameOf: (row) => row.name,
          acts: (rows, letGo) => (
            <button
              type="button"
              onClick={() => {
                onAct(rows.map(({ id }) => id));
                letGo(["1"]);
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

describe("what is chosen in a list", () => {
  it("is chosen by a box or the key x, and what is done is chosen no more", async () => {
    asksItems();
    const acted: string[][] = [];
    const { body, user } = show(<Chosen onAct={(keys) => acted.push(keys)} />);
    await user.click(await screen.findByRole("checkbox", { name: "选择 检验服务器" }));
    screen.getByRole("link", { name: "影像服务器" }).focus();
    await user.keyboard("x");
    expect(screen.getByText("已选 2 条")).toBeTruthy();
    await expectAccessible(body);
    await user.click(screen.getByRole("button", { name: "处理" }));
    expect(acted).toEqual([["1", "2"]]);
    expect(screen.getByText("已选 1 条")).toBeTruthy();
  });

  it("is no more than one act takes", async () => {
    asksItems();
    const { user } = show(<Chosen most={1} onAct={() => undefined} />);
    await user.click(await screen.findByRole("checkbox", { name: "全选已显示的 2 条" }));
    expect(screen.getByText("已选 1 条")).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "选择 影像服务器" }));
    expect(screen.getByText("已选 1 条")).toBeTruthy();
  });

  it("is chosen on the phone once one has said so", async () => {
    media.phone(true);
    asksItems();
    const { user } = show(<Chosen onAct={() => undefined} />);
    await user.click(await screen.findByRole("button", { name: "多选" }));
    await user.click(screen.getByRole("checkbox", { name: "选择 检验服务器" }));
    expect(screen.getByText("已选 1 条")).toBeTruthy();
  });
});
