/** The list of items, with what the chosen types bring into it. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Attribute } from "@/api/types";
import { media } from "@/testing/media";
import { choose, expectAccessible, show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import ItemsPage from "./items";

const attribute = (name: string, label: string, more: Partial<Attribute> = {}) => ({
  name,
  label,
  type: "text",
  unit: null,
  choices: [],
  to: [],
  list: false,
  filter: false,
  search: false,
  seen_by: [],
  ...more,
});

const TYPES = page(
  {
    name: "host",
    label: "主机",
    extends: null,
    abstract: false,
    roles: [],
    groups: [],
    capabilities: [],
    attributes: [
      attribute("memory", "内存", { type: "number", unit: "GiB", list: true, filter: true }),
      attribute("use", "用途", {
        type: "choice",
        list: true,
        filter: true,
        choices: [{ value: "db", label: "数据库" }],
      }),
      attribute("room", "机房", { type: "reference", to: ["room"], list: true }),
      attribute("serial", "序列号", { search: true }),
    ],
  },
  {
    name: "disk",
    label: "磁盘",
    extends: null,
    abstract: false,
    roles: [],
    groups: [],
    capabilities: [],
    attributes: [],
  },
);

const HOST = {
  id: "1",
  key: "h1",
  name: "检验服务器",
  type: "host",
  type_label: "主机",
  layer_label: "基础设施",
  importance: "A",
  condition: "ok",
  condition_since: null,
  owner: null,
  vendor: null,
  systems: [],
  attributes: { memory: 64, use: "db", room: { id: "9", name: "主机房" }, serial: "SN-1" },
  restricted: [],
  updated_at: "2026-11-23T08:00:00Z",
};

const server = () =>
  new Server({
    "GET /items": page(HOST),
    "GET /item-types": TYPES,
    "GET /layers": page(),
    "GET /me/views": page(),
  });
const heads = () =>
  screen.getAllByRole("columnheader").map((head) => head.textContent.replace("↕", ""));
const cells = () => within(screen.getAllByRole("row")[1] as HTMLElement).getAllByRole("cell");

describe("the list of items", () => {
  it("has the columns of every item while no type is chosen", async () => {
    server();
    show(<ItemsPage />);
    await screen.findByText("检验服务器");
    expect(heads()).not.toContain("内存");
    expect(heads()).toContain("层");
    expect(screen.queryByRole("combobox", { name: "用途" })).toBeNull();
  });

  it("gets columns, filters and words of the search from the type that is chosen", async () => {
    server();
    const { user, body } = show(<ItemsPage />);
    await screen.findByText("检验服务器");
    await choose(user, screen.getByRole("combobox", { name: "类型" }), "主机");
    await waitFor(() => {
      expect(heads().slice(-3)).toEqual(["内存", "用途", "机房"]);
    });
    const texts = cells().map((cell) => cell.textContent);
    expect(texts.slice(-3)).toEqual(["64 GiB", "数据库", "主机房"]);
    expect(within(body).getByRole("link", { name: "主机房" }).getAttribute("href")).toBe(
      "/items/9",
    );
    expect(screen.getByPlaceholderText("搜索名称、编号、序列号")).toBeDefined();
    await expectAccessible(body);
  });

  it("asks the server by the attribute, for its order and for its values", async () => {
    const asked = server();
    const { user, address } = show(<ItemsPage />, "/?type=host");
    await user.click(await screen.findByRole("button", { name: "内存" }));
    await choose(user, screen.getByRole("combobox", { name: "用途" }), "数据库");
    await user.type(screen.getByRole("spinbutton", { name: "内存（GiB）至少" }), "32");
    await user.tab();
    await waitFor(() => {
      expect(asked.to("/items").at(-1)?.query.get("attribute.memory")).toBe("32..");
    });
    const { query } = asked.to("/items").at(-1) ?? { query: new URLSearchParams() };
    expect([query.get("attribute.use"), query.get("sort")]).toEqual(["db", "attribute.memory"]);
    expect(address()).toContain("attribute.memory=32..");
    const link = screen.getByRole("link", { name: "导出 XLSX" }).getAttribute("href") ?? "";
    const columns = new URL(link, "http://x").searchParams.get("columns")?.split(",");
    expect(columns?.slice(-3)).toEqual(["attributes.memory", "attributes.use", "attributes.room"]);
  });

  it("drops a filter together with the type that brought it", async () => {
    const asked = server();
    show(<ItemsPage />, "/?type=disk&attribute.use=db");
    await screen.findByText("检验服务器");
    await waitFor(() => {
      expect(asked.to("/items").at(-1)?.query.get("type")).toBe("disk");
    });
    expect(asked.to("/items").at(-1)?.query.get("attribute.use")).toBeNull();
  });

  it("tells the marked attributes on the phone's card too, without links inside the link", async () => {
    media.phone(true);
    server();
    const { body } = show(<ItemsPage />, "/?type=host");
    expect(await screen.findByText(/内存/)).toBeDefined();
    const card = within(body).getByRole("link", { name: /检验服务器/ });
    expect(card.textContent).toContain("内存 64 GiB · 用途 数据库 · 机房 主机房");
  });

  it("is narrowed by an expression that is offered as one types, and lives in the address", async () => {
    const asked = server();
    const { user, address } = show(<ItemsPage />);
    await screen.findByText("检验服务器");
    await user.click(screen.getByRole("button", { name: "条件表达式" }));
    const field = screen.getByRole("combobox", { name: "条件表达式" });
    await user.type(field, "类");
    const offered = (word: string) => screen.findByText(word, { selector: ".asking-word code" });
    await user.click(await offered("type"));
    expect(field).toHaveProperty("value", "type ");
    await user.type(field, "= 主");
    await user.click(await offered("host"));
    await user.type(field, "and memory >= 64{Enter}");
    await waitFor(() => {
      expect(asked.to("/items").at(-1)?.query.get("where")).toBe("type = host and memory >= 64");
    });
    expect(new URLSearchParams(address().slice(1)).get("where")).toContain("type = host");
  });

  it("shows a mistake of the expression at its place, on the phone too", async () => {
    for (const phone of [false, true]) {
      media.phone(phone);
      const message = "第 1 个字符：没有字段“memori”；是不是“memory”？";
      new Server({
        "GET /items": () =>
          refused(422, "输入有误", [{ field: "where", message, row: null, offset: 0 }]),
        "GET /item-types": TYPES,
        "GET /layers": page(),
        "GET /me/views": page(),
      });
      const { user, body } = show(<ItemsPage />, "/?where=memori+%3E+1");
      if (phone) await user.click(await within(body).findByRole("button", { name: /筛选/ }));
      const told = await waitFor(() => {
        const found = body.querySelector("[data-field=mistake]");
        expect(found).not.toBeNull();
        return found;
      });
      expect(told?.textContent).toContain(message);
      expect(told?.querySelector("mark")?.textContent).toBe("memori");
      await expectAccessible(body);
    }
  });

  it("takes words with a thumb on the phone", async () => {
    media.phone(true);
    const asked = server();
    const { user } = show(<ItemsPage />);
    await user.click(await screen.findByRole("button", { name: /筛选/ }));
    await user.click(screen.getByRole("button", { name: /^type/ }));
    await user.click(screen.getByRole("button", { name: "=" }));
    await user.click(screen.getByRole("button", { name: /^disk/ }));
    await user.click(screen.getByRole("button", { name: "按条件查找" }));
    await waitFor(() => {
      expect(asked.to("/items").at(-1)?.query.get("where")).toBe("type = disk");
    });
  });
});
