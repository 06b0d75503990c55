/** What is typed into a ticket's fields outlives what others do with the ticket. */
import { act, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signInByToken } from "@/api/session";
import type { FormField, Ticket } from "@/api/types";
import { expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { useState } from "react";
import { TicketFields } from "./ticket-fields";

const field = (name: string, label: string, value: string | null, access = "edit") =>
  ({
    name,
    label,
    value,
    access,
    type: "text",
    required: false,
    choices: [],
    unit: null,
    to: [],
    help: null,
    default: null,
    named: null,
  }) as unknown as FormField;

const ticket = (version: number, cause: string | null, measures: string | null, access = "edit") =>
  ({
    id: "t1",
    version,
    form: [field("cause", "原因", cause), field("measures", "处理措施", measures, access)],
  }) as unknown as Ticket;

/** The ticket as it is one after the other, each time that somebody has changed it. */
function Page({ course }: { course: [Ticket, ...Ticket[]] }) {
  const [place, setPlace] = useState(0);
  return (
    <>
      <TicketFields ticket={course[place] ?? course[0]} />
      <button
        type="button"
        onClick={() => {
          setPlace(place + 1);
        }}
      >
        别人改了
      </button>
    </>
  );
}

const changed = (user: UserEvent) => user.click(screen.getByRole("button", { name: "别人改了" }));
const box = (name: string) => screen.findByRole<HTMLInputElement>("textbox", { name });
const save = () => screen.getByRole("button", { name: "保存字段" });

beforeEach(async () => {
  const account = { id: "me", name: "吴俊杰", language: "zh-hans", theme: "auto" };
  new Server({ "POST /session/wall": { account, permissions: ["tickets.work"] } });
  await signInByToken("t");
});

describe("a field of a ticket", () => {
  it("keeps what is typed when the ticket changes, and says what it is now", async () => {
    const server = new Server({ "PATCH /tickets/t1": {} });
    const { user, body } = show(
      <Page course={[ticket(1, null, null), ticket(2, "光纤松动", "已联系厂商")]} />,
    );
    await user.type(await box("原因"), "阵列掉盘");
    await changed(user);
    expect((await box("原因")).value).toBe("阵列掉盘");
    expect((await box("处理措施")).value).toBe("已联系厂商");
    const told = await within(body).findByRole("status");
    expect(told.textContent).toContain("填写期间已被改为：");
    expect(told.textContent).toContain("光纤松动");
    await expectAccessible(body);
    await user.click(save());
    await waitFor(() => {
      expect(server.to("/tickets/t1")[0]?.body).toEqual({
        fields: { cause: "阵列掉盘" },
        version: 2,
      });
    });
  });

  it("is theirs when the reader takes that", async () => {
    const server = new Server({ "PATCH /tickets/t1": {} });
    const { user } = show(<Page course={[ticket(1, null, null), ticket(2, "光纤松动", null)]} />);
    await user.type(await box("原因"), "阵列掉盘");
    await changed(user);
    await user.click(await screen.findByRole("button", { name: "采用" }));
    expect((await box("原因")).value).toBe("光纤松动");
    expect(screen.queryByText(/填写期间/)).toBeNull();
    await user.type(await box("处理措施"), "插紧");
    await user.click(save());
    await waitFor(() => {
      expect(server.to("/tickets/t1")[0]?.body).toEqual({
        fields: { measures: "插紧" },
        version: 2,
      });
    });
  });

  it("says nothing when somebody wrote the same", async () => {
    new Server({});
    const { user } = show(<Page course={[ticket(1, null, null), ticket(2, "阵列掉盘", null)]} />);
    await user.type(await box("原因"), "阵列掉盘");
    await changed(user);
    expect(screen.queryByText(/填写期间/)).toBeNull();
  });

  it("that can no longer be changed hands back what was typed", async () => {
    new Server({});
    const { user } = show(<Page course={[ticket(1, null, null), ticket(2, null, null, "read")]} />);
    await user.type(await box("处理措施"), "更换光模块");
    await changed(user);
    await screen.findByText("“处理措施”现在不能修改，这是您填写的内容：");
    await screen.findByText("更换光模块");
  });

  it("follows what was saved, and what others change after that", async () => {
    const server = new Server({ "PATCH /tickets/t1": {} });
    const { user } = show(
      <Page
        course={[ticket(1, null, null), ticket(2, "阵列掉盘", null), ticket(3, "电源故障", null)]}
      />,
    );
    await user.type(await box("原因"), "阵列掉盘");
    await user.click(save());
    await screen.findByText("已保存");
    expect(server.to("/tickets/t1")).toHaveLength(1);
    await changed(user);
    await changed(user);
    await waitFor(async () => {
      expect((await box("原因")).value).toBe("电源故障");
    });
    expect(screen.queryByText(/填写期间/)).toBeNull();
  });

  it("is asked for before the page is left", async () => {
    new Server({});
    const { user, back, address } = show(
      <Page course={[ticket(1, null, null), ticket(2, "光纤松动", null)]} />,
      ["/before", "/t"],
    );
    await user.type(await box("原因"), "阵列掉盘");
    await changed(user);
    await act(back);
    expect(await screen.findAllByText("放弃已填写的内容？")).not.toEqual([]);
    expect(address()).toBe("/t");
  });
});
