/** Tickets of one storm are one card, in the column of the worst of them, and none is lost. */
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { signInByToken } from "@/api/session";
import { expectAccessible, show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import type { TicketRow } from "@/api/types";
import { InformationPage } from "./information";
import { lanes, type Storm } from "./lanes";

const AT = Date.parse("2026-11-29T01:00:00Z");

beforeEach(async () => {
  const account = { id: "me", name: "吴俊杰", language: "zh-hans", theme: "auto" };
  new Server({ "POST /session/wall": { account, permissions: ["tickets.work"] } });
  await signInByToken("t");
});

const ticket = (id: string, more: Partial<TicketRow> = {}) =>
  ({
    id,
    number: `EVT-${id}`,
    title: `节点 ${id} 读盘缓慢`,
    type_label: "事态",
    state: "new",
    state_label: "待接单",
    category: "new",
    colour: "green",
    level: "四级",
    level_place: 3,
    importance: null,
    due_at: null,
    item: { id: `i${id}`, name: `节点 ${id}` },
    systems: [{ id: `s${id}`, name: `系统 ${id}` }],
    assignee: { id: "p", name: "吴俊杰" },
    clocks: [],
    ...more,
  }) as unknown as TicketRow;

const storm = (...tickets: string[]): Storm => ({
  id: "storm",
  tickets,
  first_at: "2026-11-29T00:59:00Z",
  last_at: "2026-11-29T00:59:41Z",
});

const board = (items: TicketRow[], storms: Storm[], counts: object = {}) => ({
  ...page(...items),
  counts: { black: 0, red: 0, yellow: 0, green: 0, grey: 0, ...counts },
  storms,
  untaken_alerts: 0,
  update_losses: 0,
  as_of: "2026-11-29T01:00:00Z",
});

it("puts a storm where its worst ticket is and counts each by its own colour", () => {
  const tickets = [
    ticket("1", { colour: "red", level_place: 2 }),
    ticket("2"),
    ticket("3", { colour: "yellow", level_place: 1 }),
    ticket("4"),
    ticket("5", { colour: "black" }),
  ];
  const found = lanes(tickets, [storm("1", "2", "3", "4")], AT);
  const cards = Object.fromEntries(
    Object.entries(found).map(([colour, lane]) => [colour, lane.cards.map((card) => card.id)]),
  );
  expect(cards).toEqual({ black: ["5"], red: ["storm"], yellow: [], green: [], grey: [] });
  expect(found.red.cards[0]?.tickets.map(({ id }) => id)).toEqual(["3", "1", "2", "4"]);
  const told = Object.values(found).map(({ tickets: n, elsewhere }) => [n, elsewhere]);
  expect(told).toEqual([
    [1, 0],
    [1, 0],
    [1, 1],
    [2, 2],
    [0, 0],
  ]);
});

it("leaves two of a storm two cards", () => {
  const found = lanes([ticket("1"), ticket("2")], [storm("1", "2", "elsewhere")], AT);
  expect(found.green.cards.map(({ id, storm: of }) => [id, of])).toEqual([
    ["1", null],
    ["2", null],
  ]);
});

it("shows a storm as one card that leads to its tickets, and claims no cause", async () => {
  const wide = ticket("1", {
    title: "主存储 A1 响应缓慢",
    systems: [
      { id: "s1", name: "系统 1" },
      { id: "s2", name: "系统 2" },
    ],
  });
  const items = [ticket("2"), wide, ticket("3"), ticket("9")];
  new Server({
    "GET /boards/information": board(items, [storm("1", "2", "3")], { green: 4 }),
  });
  const { body, user, address } = show(<InformationPage />, "/boards/information");
  const card = await waitFor(() => {
    const found = body.querySelector<HTMLAnchorElement>("[data-storm] > a");
    expect(found).not.toBeNull();
    return found as HTMLAnchorElement;
  });
  expect(card.textContent).toContain("同时段 3 张");
  expect(card.textContent).toContain("主存储 A1 响应缓慢 等");
  expect(card.textContent).toContain("3 个业务系统、3 个配置项");
  expect(body.querySelectorAll(".ticket-card")).toHaveLength(2);
  expect(body.querySelector('[data-colour="green"] header b')?.textContent).toBe("4");
  await expectAccessible(body);
  await user.click(card);
  expect(address()).toBe("/boards/information?storm=storm");
  await screen.findByText("按业务系统和发生时间归在一起，不表示原因相同。");
});

it("accepts what nobody has taken yet, and tells which were refused", async () => {
  const items = [ticket("1"), ticket("2"), ticket("3", { category: "working" })];
  const server = new Server({
    "GET /boards/information": board(items, [storm("1", "2", "3")], { green: 3 }),
    "POST /tickets/acts": {
      done: ["1"],
      refused: [{ ticket: "2", why: "EVT-2 处于“已接单”" }],
    },
  });
  const { user } = show(<InformationPage />, "/boards/information?storm=storm");
  await user.click(await screen.findByRole("button", { name: "全部接单（2）" }));
  await user.click(await screen.findByRole("button", { name: "确定" }));
  await screen.findByText("1 张完成，1 张没有");
  await screen.findByText("EVT-2 处于“已接单”");
  expect(server.to("/boards/information").at(0)?.query.getAll("storm")).toEqual(["storm"]);
  expect(server.to("/tickets/acts")[0]?.body).toEqual({
    tickets: ["1", "2"],
    act: { kind: "accept" },
  });
});

it("never calls the board quiet because a filter leaves nothing", async () => {
  new Server({ "GET /boards/information": board([], [], { red: 2, green: 5 }) });
  const { body } = show(<InformationPage />, "/boards/information?assignee=me");
  await screen.findByText("没有派给我的工单");
  expect(body.textContent).toContain("此筛选之外，另有 7 张未关闭的工单。");
  expect(body.textContent).not.toContain("没有未关闭的工单");
});
