/** The form of an item: who may own it and who may supply it is asked of types with that role. */
import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { Route, Routes } from "react-router";
import { show } from "@/testing/screen";
import { queryClient } from "@/api/queries";
import { page, Server } from "@/testing/server";
import ItemFormPage from "./item-form";

const type = (name: string, ...roles: string[]) => ({ name, label: name, roles, attributes: [] });

async function asked(field: string, ...types: object[]): Promise<string[]> {
  const server = new Server({ "GET /item-types": page(...types), "GET /items": page() });
  const { user } = show(
    <Routes>
      <Route path="/items/new" element={<ItemFormPage />} />
    </Routes>,
    "/items/new",
  );
  await user.click(await screen.findByLabelText(field));
  await waitFor(() => {
    expect(server.to("/items")).toHaveLength(1);
  });
  return server.to("/items")[0]?.query.getAll("type") ?? [];
}

const TYPES = [type("host"), type("person", "owner"), type("maker", "owner", "vendor")];

it("offers as owner what may own", async () => {
  expect(await asked("负责人", ...TYPES)).toEqual(["person", "maker"]);
});

it("offers as vendor what may supply", async () => {
  expect(await asked("厂商", ...TYPES)).toEqual(["maker"]);
});

it("offers anything where no type has the role", async () => {
  expect(await asked("负责人", type("host"))).toEqual([]);
});

const field = (name: string, label: string) => ({ name, label, type: "text", choices: [] });
const host = {
  id: "h1",
  key: "h1",
  type: "host",
  name: "主机",
  version: 1,
  importance: null,
  owner: null,
  vendor: null,
  restricted: [],
  attributes: { rack: "A1", serial: "S1", os: "Linux" },
};

it("tells what another changed meanwhile, and sends what was typed alone", async () => {
  let now = host;
  const server = new Server({
    "GET /item-types": page({
      ...type("host"),
      groups: [],
      attributes: [field("rack", "机柜"), field("serial", "序列号"), field("os", "系统")],
    }),
    "GET /items/h1": () => now,
    "PATCH /items/h1": () => now,
  });
  const { user } = show(
    <Routes>
      <Route path="/items/:id/edit" element={<ItemFormPage />} />
      <Route path="/items/:id" element={<p>已保存</p>} />
    </Routes>,
    "/items/h1/edit",
  );
  const box = (name: string) => screen.findByRole<HTMLInputElement>("textbox", { name });
  await user.clear(await box("机柜"));
  await user.type(await box("机柜"), "B7");
  await user.clear(await box("序列号"));
  await user.type(await box("序列号"), "S9");
  const changed = { rack: "C3", serial: "S2", os: "FreeBSD" };
  now = { ...host, version: 2, attributes: changed };
  await act(() => queryClient.invalidateQueries({ queryKey: ["items"] }));
  await screen.findByText(/他人修改了：系统/);
  expect((await box("系统")).value).toBe("FreeBSD");
  expect((await box("机柜")).value).toBe("B7");
  screen.getByText("C3");
  const [, second] = screen.getAllByRole("button", { name: "采用" });
  if (second) await user.click(second);
  expect((await box("序列号")).value).toBe("S2");
  await user.click(screen.getByRole("button", { name: /保\s*存/ }));
  await screen.findByText("已保存");
  const sent = server.asked.find(({ method }) => method === "PATCH");
  expect(sent?.body).toEqual({ version: 2, attributes: { rack: "B7" } });
});
