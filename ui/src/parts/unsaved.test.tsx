/** What is typed is not lost by Esc, by a link or by Back without being asked. */
import { act, screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { Input, Form } from "antd";
import { Link, Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { useSend } from "@/api/queries";
import { show } from "@/testing/screen";
import { FormDialog } from "./form-dialog";
import { useState } from "react";

function Dialog() {
  const [open, setOpen] = useState(true);
  const save = useSend((entered: { name: string }) => Promise.resolve(entered), []);
  if (!open) return <Link to="/elsewhere">离开</Link>;
  return (
    <>
      <Link to="/elsewhere">离开</Link>
      <FormDialog
        title="新的"
        save={save}
        onClose={() => {
          setOpen(false);
        }}
      >
        <Form.Item name="name" label="名称">
          <Input />
        </Form.Item>
      </FormDialog>
    </>
  );
}

const shown = () =>
  show(
    <Routes>
      <Route path="/before" element="之前" />
      <Route path="/form" element={<Dialog />} />
      <Route path="/elsewhere" element="别处" />
    </Routes>,
    ["/before", "/form"],
  );

const box = () => screen.getByRole<HTMLInputElement>("textbox", { name: "名称" });
/** The question stands; a closed one may still be fading. */
const asked = () =>
  waitFor(() => {
    expect(document.querySelectorAll(".ant-modal-confirm:not(.ant-zoom-leave)")).toHaveLength(1);
  });

/** A question that was answered may still be fading below. */
const discard = async (user: UserEvent): Promise<void> => {
  const newest = screen.getAllByRole("button", { name: "放弃" }).at(-1);
  if (newest) await user.click(newest);
};

describe("what is typed", () => {
  it("closes without a question where nothing was typed", async () => {
    const { user } = shown();
    await user.click(box());
    await user.keyboard("{Escape}");
    await waitFor(() => {
      expect(screen.queryByRole("textbox", { name: "名称" })).toBeNull();
    });
  });

  it("is asked for before Esc takes it, and stays where one goes on", async () => {
    const { user } = shown();
    await user.type(box(), "主存储");
    await user.keyboard("{Escape}");
    await asked();
    await user.click(screen.getByRole("button", { name: "继续填写" }));
    expect(box().value).toBe("主存储");
    await user.click(screen.getByRole("button", { name: /取\s*消/ }));
    await asked();
    await discard(user);
    await waitFor(() => {
      expect(screen.queryByRole("textbox", { name: "名称" })).toBeNull();
    });
  });

  it("is asked for before a link and before Back", async () => {
    const { user, address, back } = shown();
    await user.type(box(), "主存储");
    await act(back);
    await asked();
    expect(address()).toBe("/form");
    await user.click(screen.getByRole("button", { name: "继续填写" }));
    expect(box().value).toBe("主存储");
    await user.click(screen.getByText("离开"));
    await asked();
    await discard(user);
    await waitFor(() => {
      expect(address()).toBe("/elsewhere");
    });
  });

  it("is free to go once it is saved", async () => {
    const { user, address } = shown();
    await user.type(box(), "主存储");
    await user.click(screen.getByRole("button", { name: /保\s*存/ }));
    await waitFor(() => {
      expect(screen.queryByRole("textbox", { name: "名称" })).toBeNull();
    });
    await user.click(screen.getByText("离开"));
    expect(address()).toBe("/elsewhere");
  });
});
