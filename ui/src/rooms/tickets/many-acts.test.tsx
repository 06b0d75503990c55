/** Several tickets are chosen in the list and acted on in one request; each refusal says why. */
import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signInByToken } from "@/api/session";
import { media } from "@/testing/media";
import { expectAccessible, show } from "@/testing/screen";
import { page, refused, Server, type Asked } from "@/testing/server";
import TicketsPage from "./tickets";

const row = (id: string) => ({
  id,
  number: `EVT-${id}`,
  title: `节点 ${id} 读盘缓慢`,
  type_label: "事态",
  state: "new",
  state_label: "待接单",
  category: "new",
  colour: "green",
  level: "四级",
  assignee: null,
  item: null,
  systems: [],
  clocks: [],
  opened_at: "2026-11-29T01:00:00Z",
});
const WAY = { name: "resolve", label: "处理完毕", comment: false };
const MEASURES = {
  name: "measures",
  label: "处理措施",
  type: "text",
  required: false,
  choices: [],
  unit: null,
  to: [],
  help: null,
  default: null,
};
const offers = (asked: Asked) => {
  const { tickets } = asked.body as { tickets: string[] };
  return {
    accept: tickets.filter((id) => id !== "3"),
    assign: [],
    comment: tickets,
    ways: [{ ...WAY, tickets, fields: [MEASURES] }],
  };
};

function serves(acts: object | ((asked: Asked) => object | Response), ids = ["1", "2", "3", "4"]) {
  return new Server({
    "GET /tickets": page(...ids.map(row)),
    "GET /ticket-types": page(),
    "GET /me/views": page(),
    "POST /tickets/offers": offers,
    "POST /tickets/acts": acts,
  });
}

const box = (id: string) =>
  screen.findByRole("checkbox", { name: `选择 EVT-${id} 节点 ${id} 读盘缓慢` });
const act = (name: string | RegExp) => screen.findByRole("button", { name });
const dialog = async (): Promise<HTMLElement> => {
  await screen.findByText(/：\d+ 张工单/);
  return screen.getAllByRole("dialog").at(-1) as HTMLElement;
};
const confirm = async (user: UserEvent, name: string): Promise<void> => {
  await user.click(within(await dialog()).getByRole("button", { name }));
};
const sent = (server: Server) => server.to("/tickets/acts").map(({ body }) => body);

beforeEach(async () => {
  const account = { id: "me", name: "吴俊杰", language: "zh-hans", theme: "auto" };
  new Server({ "POST /session/wall": { account, permissions: ["tickets.work"] } });
  await signInByToken("t");
});
afterEach(() => {
  media.phone(false);
});

describe("several tickets", () => {
  it("are accepted in one request; the refused say why and stay chosen", async () => {
    const server = serves({ done: ["1"], refused: [{ ticket: "3", why: "已被王海接下" }] });
    const { user, body } = show(<TicketsPage />);
    expect(screen.queryByRole("region", { name: "对所选的操作" })).toBeNull();
    await user.click(await box("1"));
    await user.click(await box("3"));
    await screen.findByText("已选 2 条");
    await expectAccessible(body);
    await user.click(await act("接单 1/2"));
    await screen.findByText("其中 1 张现在做不了，执行后逐张说明原因。");
    await confirm(user, "接单");
    await screen.findByText("1 张完成，1 张没有");
    await screen.findByText("已被王海接下");
    expect(sent(server)).toEqual([{ tickets: ["1", "3"], act: { kind: "accept" } }]);
    await screen.findByText("已选 1 条");
    expect((await box("3")) as HTMLInputElement).toHaveProperty("checked", true);
  });

  it("are chosen by keys: Shift takes all between, arrows go from box to box", async () => {
    serves({ done: [], refused: [] });
    const { user } = show(<TicketsPage />);
    (await box("1")).focus();
    await user.keyboard(" {ArrowDown}{ArrowDown}");
    expect(document.activeElement).toBe(await box("3"));
    await user.keyboard("{Shift>} {/Shift}");
    await screen.findByText("已选 3 条");
    await user.click(screen.getByRole("checkbox", { name: "全选已显示的 4 条" }));
    await screen.findByText("已选 4 条");
    await user.click(screen.getByRole("button", { name: "取消选择" }));
    expect(screen.queryByText(/已选/)).toBeNull();
  });

  it("are written the same words, asked for once, and only where they are needed", async () => {
    const server = serves({ done: ["1", "2"], refused: [] });
    const { user } = show(<TicketsPage />);
    await user.click(await box("1"));
    await user.click(await box("2"));
    await user.click(await act("处理完毕"));
    const form = await dialog();
    await confirm(user, "处理完毕");
    await within(form).findByText(/处理措施/, { selector: ".ant-form-item-explain-error" });
    expect(sent(server)).toEqual([]);
    await user.type(within(form).getByRole("textbox", { name: "处理措施" }), "已重启");
    await confirm(user, "处理完毕");
    await screen.findByText("处理完毕：2 张完成");
    const step = { kind: "step", name: "resolve", fields: { measures: "已重启" }, comment: "" };
    expect(sent(server)).toEqual([{ tickets: ["1", "2"], act: step }]);
    expect(screen.queryByText(/已选/)).toBeNull();
  });

  it("go under one name when the answer was lost and it is sent again", async () => {
    const names: (string | null)[] = [];
    let lost = true;
    const server = serves(() => {
      if (!lost) return { done: ["1"], refused: [] };
      lost = false;
      return refused(503, "没有答复");
    });
    const answer = globalThis.fetch;
    globalThis.fetch = (request) => {
      if (request instanceof Request && request.url.endsWith("/tickets/acts"))
        names.push(request.headers.get("Idempotency-Key"));
      return answer(request);
    };
    const { user } = show(<TicketsPage />);
    await user.click(await box("1"));
    await user.click(await act("写评论"));
    const form = await dialog();
    await user.type(within(form).getByRole("textbox", { name: "写评论" }), "已通知厂商");
    await confirm(user, "写评论");
    await screen.findByText("没有答复");
    await confirm(user, "写评论");
    await screen.findByText("写评论：1 张完成");
    expect(names).toHaveLength(2);
    expect(names[0]).toMatch(/^[\w-]{10,}$/);
    expect(names[0]).toBe(names[1]);
    expect(sent(server)).toHaveLength(2);
  });

  it("are sent in parts, so that one sees how far it is", async () => {
    const many = Array.from({ length: 120 }, (_each, place) => `n${String(place)}`);
    const server = serves(
      ({ body }: Asked) => ({ ...(body as object), done: [], refused: [] }),
      many,
    );
    const { user } = show(<TicketsPage />);
    await user.click(await screen.findByRole("checkbox", { name: "全选已显示的 120 条" }));
    await user.click(await act("接单"));
    await confirm(user, "接单");
    await waitFor(() => {
      const parts = sent(server).map((body) => (body as { tickets: string[] }).tickets.length);
      expect(parts).toEqual([50, 50, 20]);
    });
  });

  it("more than the server takes at once are not acted on", async () => {
    const many = Array.from({ length: 201 }, (_each, place) => `n${String(place)}`);
    const server = serves({ done: [], refused: [] }, many);
    const { user } = show(<TicketsPage />);
    await user.click(await screen.findByRole("checkbox", { name: "全选已显示的 201 条" }));
    await screen.findByText("一次最多 200 张，请少选一些");
    expect(server.to("/tickets/offers")).toEqual([]);
  });

  it("are chosen on the phone by touching their cards, once one has said so", async () => {
    media.phone(true);
    serves({ done: ["1", "2"], refused: [] });
    const { user, address } = show(<TicketsPage />, "/tickets");
    await user.click(await act("多选"));
    await user.click(await screen.findByText("节点 1 读盘缓慢"));
    await user.click(screen.getByText("节点 2 读盘缓慢"));
    expect(address()).toBe("/tickets");
    await screen.findByText("已选 2 条");
    await user.click(await act("接单"));
    await confirm(user, "接单");
    await screen.findByText("接单：2 张完成");
    await user.click(await act("取消"));
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
});
