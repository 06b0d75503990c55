/** The form of an item: who may own it and who may supply it is asked of types with that role. */
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { Route, Routes } from "react-router";
import { show } from "@/testing/screen";
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
