/** What a refused act tells, and that an assignee who was chosen is not thrown away unasked. */
import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { signInByToken } from "@/api/session";
import type { Ticket } from "@/api/types";
import { choose, show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import { Actions, tell } from "./actions";

describe("what a refused act tells", () => {
  it.each([
    ["changed_meanwhile", 409, "请再看一遍"],
    ["nothing_promised", 409, "没有承诺一"],
    ["no_such_transition", 409, "没有承诺二"],
    ["bad_fields", 422, "没有承诺三"],
  ])("%s", async (code, status, words) => {
    show(null);
    act(() => {
      tell(new Problem(status, { code, detail: words }), "请再看一遍");
    });
    await screen.findByText(words);
  });
});

describe("assigning", () => {
  const WU = { id: "wu", display_name: "吴俊杰", user_name: "wu" };
  const ticket = {
    id: "t1",
    version: 1,
    open: true,
    category: "working",
    assignee: null,
    transitions: [],
    clocks: [],
  } as unknown as Ticket;

  beforeEach(async () => {
    const account = { id: "me", name: "王海", language: "zh-hans", theme: "auto" };
    new Server({ "POST /session/wall": { account, permissions: ["tickets.assign"] } });
    await signInByToken("t");
  });

  it("asks before who was chosen is thrown away, and sends who stays", async () => {
    const server = new Server({
      "GET /accounts": page(WU),
      "GET /accounts/wu": WU,
      "POST /tickets/t1/assignee": ticket,
    });
    const { user } = show(<Actions ticket={ticket} />);
    await user.click(screen.getByRole("button", { name: "分派" }));
    await choose(user, await screen.findByRole("combobox", { name: "处理人" }), "吴俊杰 ");
    await user.click(screen.getByRole("button", { name: /取\s*消/ }));
    const goOn = await screen.findAllByRole("button", { name: "继续填写" });
    await user.click(goOn.at(-1) as HTMLElement);
    const dialog = screen
      .getAllByRole("dialog")
      .find((each) => within(each).queryByRole("combobox") !== null);
    await user.click(within(dialog as HTMLElement).getByRole("button", { name: /保\s*存/ }));
    await waitFor(() => {
      expect(server.to("/tickets/t1/assignee")[0]?.body).toEqual({ account: "wu" });
    });
  });
});
