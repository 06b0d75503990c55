/** Saved views: the address of a list under a name. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import { Views } from "./views";

const view = (id: string, name: string, mine: boolean) => ({
  id,
  name,
  page: "items",
  query: "condition=down&sort=-name",
  shared: !mine,
  mine,
});

const open = async (answers: Record<string, object>, at = "/") => {
  const server = new Server({ "GET /me/views": page(), ...answers });
  const shown = show(<Views page="items" />, at);
  await shown.user.click(screen.getByRole("button", { name: "视图" }));
  return { server, ...shown };
};

it("opens a saved view by putting its address in place", async () => {
  const { user, address } = await open({ "GET /me/views": page(view("1", "我的中断", true)) });
  await user.click(await screen.findByRole("button", { name: "我的中断" }));
  expect(address()).toBe("/?condition=down&sort=-name");
});

it("saves the list as it stands under a name, and not without one", async () => {
  const { user, server } = await open({ "POST /me/views": view("2", "夜班", true) }, "/?q=lis");
  const save = await screen.findByRole("button", { name: "保存当前视图" });
  expect(save.hasAttribute("disabled")).toBe(true);
  await user.type(screen.getByRole("textbox", { name: "视图名称" }), " 夜班 ");
  await user.click(screen.getByRole("checkbox", { name: "共享给所有人" }));
  await user.click(save);
  expect(await screen.findByText("已保存")).toBeDefined();
  const sent = server.asked.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({ page: "items", name: "夜班", query: "q=lis", shared: true });
});

it("shows why a view could not be saved", async () => {
  const { user } = await open({ "POST /me/views": () => refused(409, "已有同名视图") });
  await user.type(await screen.findByRole("textbox", { name: "视图名称" }), "夜班{Enter}");
  expect(await screen.findByText("已有同名视图")).toBeDefined();
});

it("deletes one's own views only", async () => {
  const { user, server } = await open({
    "GET /me/views": page(view("1", "我的", true), view("2", "别人的", false)),
    "DELETE /me/views/1": () => new Response(null, { status: 204 }),
  });
  await screen.findByRole("button", { name: "我的" });
  expect(screen.queryByRole("button", { name: "删除视图“别人的”" })).toBeNull();
  const rows = within(document.body);
  await user.click(rows.getByRole("button", { name: "删除视图“我的”" }));
  await waitFor(() => {
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toContain(
      "DELETE /me/views/1",
    );
  });
});
