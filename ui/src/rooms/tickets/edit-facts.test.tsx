/** A ticket's title, item, impact and urgency are put right on its page. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Ticket } from "@/api/types";
import { show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import { EditFacts } from "./edit-facts";

const ITEM = { id: "i1", name: "主存储 A1", type: "storage" };
const TICKET = {
  id: "t1",
  version: 7,
  title: "存储慢",
  item: ITEM,
  impact: "medium",
  urgency: "low",
} as unknown as Ticket;

describe("what everybody reads of a ticket", () => {
  it("is sent as far as it was changed, with the version that was read", async () => {
    const server = new Server({
      "GET /items": page(ITEM),
      "GET /items/i1": ITEM,
      "PATCH /tickets/t1": TICKET,
    });
    const close = vi.fn();
    const { user } = show(<EditFacts ticket={TICKET} onClose={close} />);
    const title = await screen.findByRole("textbox", { name: "标题" });
    await user.clear(title);
    await user.type(title, "主存储 A1 响应缓慢");
    const [impact] = screen.getAllByText("高");
    if (impact) await user.click(impact);
    await user.click(screen.getByRole("button", { name: /保\s*存/ }));
    await waitFor(() => {
      expect(close).toHaveBeenCalled();
    });
    expect(server.to("/tickets/t1").at(-1)?.body).toEqual({
      title: "主存储 A1 响应缓慢",
      impact: "high",
      version: 7,
    });
  });
});
