/** The one list of the product, through what a reader sees and does. */
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { media } from "@/testing/media";
import { choose, expectAccessible, show } from "@/testing/screen";
import { page, refused, Server, type Asked } from "@/testing/server";
import { List } from "./list";
import type { Filter, FilterName } from "./types";

const host = (id: string, name: string) => ({ id, name, key: `k-${id}`, type_label: "主机" });
const HOSTS = page(host("1", "检验服务器"), host("2", "影像服务器"));

const FILTERS: Filter<FilterName<"/items">>[] = [
  {
    name: "condition",
    label: "状态",
    options: [
      { value: "down", label: "中断" },
      { value: "ok", label: "正常" },
    ],
  },
  { name: "layer", label: "层", single: true, options: [{ value: "app", label: "应用" }] },
  { name: "attribute.cores", label: "核数", range: "number" },
  { name: "attribute.serial", label: "序列号", text: true },
];

function Items({ initial }: { initial?: Partial<Record<FilterName<"/items">, string>> }) {
  return (
    <List
      spec={{
        page: "items",
        topic: "items",
        path: "/items",
        rowKey: (row) => row.id,
        href: (row) => `/items/${row.id}`,
        columns: [
          { key: "name", label: "名称", sort: "name", render: (row) => row.name },
          { key: "type", export: "type_label", label: "类型", render: (row) => row.type_label },
          { key: "key", label: "标识", hidden: true, render: (row) => row.key },
          { key: "act", label: "操作", export: false, render: () => <button>删</button> },
        ],
        filters: FILTERS,
        ...(initial ? { initial } : {}),
        searched: ["名称", "序列号"],
        card: (row) => <b>{row.name}</b>,
        empty: { title: "还没有配置项", hint: "新建一个" },
      }}
    />
  );
}

const asksItems = (answer: object | ((asked: Asked) => object) = HOSTS) =>
  new Server({ "GET /items": answer, "GET /me/views": page() });
const last = (server: Server) => server.to("/items").at(-1)?.query;
const heads = () => screen.getAllByRole("columnheader").map((head) => head.textContent);

describe("a list", () => {
  it("inside a page has no bar where there is nothing to search or filter by", async () => {
    asksItems();
    const spec = {
      inside: true,
      searchable: false,
      page: "parts",
      topic: "items" as const,
      path: "/items" as const,
      rowKey: (row: { id: string }) => row.id,
      columns: [{ key: "name", label: "名称", render: (row: { name: string }) => row.name }],
      card: (row: { name: string }) => row.name,
      empty: { title: "没有", hint: "" },
    };
    const { body } = show(<List spec={spec} />);
    await screen.findByText("检验服务器");
    expect(body.querySelector(".list-bar")).toBeNull();
  });

  it("shows its rows under its columns, each row leading to its page", async () => {
    asksItems();
    const { body, user, address } = show(<Items />);
    const link = await screen.findByRole("link", { name: "检验服务器" });
    expect(link.getAttribute("href")).toBe("/items/1");
    expect(heads()).toEqual(["名称↕", "类型", "操作"]);
    await expectAccessible(body);
    await user.click(within(screen.getAllByRole("row")[2] ?? body).getByText("主机"));
    expect(address()).toBe("/items/2");
  });

  it("does not leave when a button in the row is pressed", async () => {
    asksItems();
    const { user, address } = show(<Items />);
    await user.click((await screen.findAllByRole("button", { name: "删" }))[0] as HTMLElement);
    expect(address()).toBe("/");
  });

  it("sorts by a click on a head, the other way by the next, and as usual by the third", async () => {
    const server = asksItems();
    const { user, address } = show(<Items />);
    await screen.findByRole("table");
    for (const at of ["/?sort=name", "/?sort=-name", "/"]) {
      await user.click(screen.getByRole("button", { name: /名称/ }));
      expect(address()).toBe(at);
    }
    const asked = server.to("/items").map(({ query }) => query.get("sort"));
    expect(asked).toEqual([null, "name", "-name"]);
    expect(screen.queryByRole("button", { name: /类型/ })).toBeNull();
  });

  it("asks for what the address says, and writes there what is chosen", async () => {
    const server = asksItems();
    const { user, address } = show(<Items />, "/?condition=down&q=lis&sort=-name");
    await screen.findByRole("table");
    expect(last(server)?.getAll("condition")).toEqual(["down"]);
    expect([last(server)?.get("q"), last(server)?.get("sort")]).toEqual(["lis", "-name"]);
    await choose(user, screen.getByRole("combobox", { name: "状态" }), "正常");
    await waitFor(() => {
      expect(last(server)?.getAll("condition")).toEqual(["down", "ok"]);
    });
    expect(address()).toBe("/?condition=down&condition=ok&q=lis&sort=-name");
    await user.click(screen.getByRole("button", { name: "清除筛选" }));
    expect(address()).toBe("/?q=lis&sort=-name");
  });

  it("searches on Enter, says what is searched, and stops when the words are gone", async () => {
    const server = asksItems();
    const { user, address } = show(<Items />);
    const box = screen.getByRole("textbox", { name: "搜索" });
    expect(box.getAttribute("placeholder")).toBe("搜索名称、序列号");
    await user.type(box, " 检验 {Enter}");
    await waitFor(() => {
      expect(last(server)?.get("q")).toBe("检验");
    });
    await user.clear(box);
    expect(address()).toBe("/");
  });

  it("searches as one types; the letters are one step, and Back undoes one step at a time", async () => {
    const server = asksItems({ ...HOSTS, total: 12345 });
    const { user, address, back } = show(<Items />);
    await choose(user, screen.getByRole("combobox", { name: "状态" }), "正常");
    await user.type(screen.getByRole("textbox", { name: "搜索" }), "检验");
    await waitFor(() => {
      expect(last(server)?.get("q")).toBe("检验");
    });
    expect(address()).toBe("/?condition=ok&q=检验");
    await act(back);
    expect(address()).toBe("/?condition=ok");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "搜索" }).value).toBe("");
    await act(back);
    expect(address()).toBe("/");
    expect(await screen.findByText("共 12345 条，已显示 2 条")).toBeTruthy();
  });

  it("says where there are more than were counted", async () => {
    asksItems({ ...HOSTS, total: 10000, total_is_at_least: true });
    show(<Items />);
    expect(await screen.findByText("超过 10000 条，已显示 2 条")).toBeTruthy();
  });

  it("narrows by a range and by text as it is typed", async () => {
    const server = asksItems();
    const { user } = show(<Items />);
    await user.type(screen.getByRole("spinbutton", { name: "核数至少" }), "4");
    await user.tab();
    await user.type(screen.getByRole("spinbutton", { name: "核数至多" }), "8");
    await user.tab();
    await user.type(screen.getByRole("textbox", { name: "序列号" }), "SN-1{Enter}");
    await waitFor(() => {
      expect(last(server)?.get("attribute.serial")).toBe("SN-1");
    });
    expect(last(server)?.get("attribute.cores")).toBe("4..8");
  });

  it("starts with its initial filters until they are cleared", async () => {
    const server = asksItems();
    const { user, address } = show(<Items initial={{ layer: "app" }} />);
    await screen.findByRole("table");
    expect(last(server)?.get("layer")).toBe("app");
    await user.click(screen.getByRole("button", { name: "清除筛选" }));
    await waitFor(() => {
      expect(last(server)?.get("layer")).toBeNull();
    });
    expect(address()).toBe("/?all=1");
  });

  it("shows the columns that are chosen, and exports exactly those", async () => {
    asksItems();
    const { user } = show(<Items />);
    await screen.findByRole("table");
    await user.click(screen.getByRole("button", { name: "列" }));
    await user.click(await screen.findByRole("checkbox", { name: "标识" }));
    await user.click(screen.getByRole("checkbox", { name: "名称" }));
    expect(heads()).toEqual(["类型", "标识", "操作"]);
    const link = screen.getByRole("link", { name: "导出 XLSX" });
    const exported = new URL(link.getAttribute("href") ?? "", "http://x").searchParams;
    expect(Object.fromEntries(exported)).toEqual({ format: "xlsx", columns: "type_label,key" });
  });
});

describe("a long list", () => {
  it("brings the next page behind the first, and says how many are shown", async () => {
    const server = asksItems(({ query }) =>
      query.get("cursor") === "c2"
        ? { ...page(host("3", "存储")), total: 2 }
        : { ...page(host("1", "检验服务器")), next: "c2" },
    );
    const { user } = show(<Items />);
    await user.click(await screen.findByRole("button", { name: "加载更多" }));
    await screen.findByText("存储");
    expect(screen.getByText("检验服务器")).toBeDefined();
    expect(screen.getByText("共 2 条，已显示 2 条")).toBeDefined();
    expect(screen.queryByRole("button", { name: "加载更多" })).toBeNull();
    expect(server.to("/items")).toHaveLength(2);
  });
});

describe("a list without rows", () => {
  it("says what to do when there is nothing yet", async () => {
    asksItems(page());
    show(<Items />);
    expect(await screen.findByText("还没有配置项")).toBeDefined();
  });

  it("offers to clear the filters when they hide everything", async () => {
    asksItems(({ query }) => (query.get("q") ? page() : HOSTS));
    const { user } = show(<Items />, "/?q=xyz");
    await screen.findByText("没有符合条件的记录");
    await user.click(screen.getByRole("button", { name: "清除筛选" }));
    expect(await screen.findByText("检验服务器")).toBeDefined();
  });

  it("shows the server's words when it is refused, and asks again on request", async () => {
    let times = 0;
    asksItems(() => (times++ === 0 ? refused(403, "没有权限读取配置项") : HOSTS));
    const { user } = show(<Items />);
    expect((await screen.findByRole("alert")).textContent).toContain("没有权限读取配置项");
    await user.click(screen.getByRole("button", { name: "重试" }));
    expect(await screen.findByText("检验服务器")).toBeDefined();
  });

  it("names the filter of the address that there is not, and takes it off", async () => {
    const problems = [{ field: "layer.0", message: "这里没有名为“foo”的内容" }];
    asksItems(({ query }) => (query.get("layer") ? refused(422, "输入有误", problems) : HOSTS));
    const { user, body } = show(<Items />, "/?layer=foo");
    expect((await screen.findByRole("alert")).textContent).toContain("层 这里没有名为“foo”的内容");
    await expectAccessible(body);
    const below = screen.getAllByRole("button", { name: "清除筛选" }).at(-1);
    if (below) await user.click(below);
    expect(await screen.findByText("检验服务器")).toBeDefined();
  });
});

describe("a list on the phone", () => {
  it("shows cards, folds its filters away and counts those that hold", async () => {
    media.phone(true);
    const server = asksItems();
    const { user, body } = show(<Items />, "/?condition=down");
    const card = await screen.findByRole("link", { name: "检验服务器" });
    expect(card.closest("li")).not.toBeNull();
    expect(screen.queryByRole("table")).toBeNull();
    expect(last(server)?.get("limit")).toBe("30");
    expect(screen.queryByRole("combobox", { name: "状态" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "筛选 · 1" }));
    expect(screen.getByRole("combobox", { name: "状态" })).toBeDefined();
    await expectAccessible(body);
  });
});
