/** A ticket's title, item, impact and urgency are put right on its page. */
import { act, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
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

  it("does not undo what somebody changed while the dialog stood open", async () => {
    const server = new Server({
      "GET /items": page(ITEM),
      "GET /items/i1": ITEM,
      "PATCH /tickets/t1": TICKET,
    });
    const close = vi.fn();
    const dialog = (ticket: Ticket) => <EditFacts ticket={ticket} onClose={close} />;
    let change: () => void = () => undefined;
    function Live() {
      const [now, setNow] = useState(TICKET);
      change = () => {
        setNow({ ...TICKET, version: 8, title: "主存储 A1 慢", urgency: "high" });
      };
      return dialog(now);
    }
    const { user } = show(<Live />);
    const [impact] = await screen.findAllByText("高");
    if (impact) await user.click(impact);
    act(() => {
      change();
    });
    const told = await screen.findAllByRole("status");
    expect(told.map((note) => note.textContent).join()).toContain("主存储 A1 慢");
    await user.click(screen.getByRole("button", { name: /保\s*存/ }));
    await waitFor(() => {
      expect(server.to("/tickets/t1").at(-1)?.body).toEqual({ impact: "high", version: 8 });
    });
  });
});
