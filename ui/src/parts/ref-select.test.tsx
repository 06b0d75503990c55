/** Choosing a thing or a person by typing. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { choose, show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import { RefSelect } from "./ref-select";

const LIS = { id: "1", name: "检验服务器", type_label: "主机" };
const box = () => screen.getByRole("combobox", { name: "配置项" });

describe("choosing an item", () => {
  it("asks for nothing until it is opened, then for what is typed among the wanted types", async () => {
    const server = new Server({ "GET /items": page(LIS) });
    const chosen = vi.fn();
    const { user } = show(
      <RefSelect of="items" types={["host"]} aria-label="配置项" onChange={chosen} />,
    );
    expect(server.asked).toEqual([]);
    await user.type(box(), "检验");
    await waitFor(() => {
      expect(server.to("/items").at(-1)?.query.get("q")).toBe("检验");
    });
    expect(server.to("/items").at(-1)?.query.getAll("type")).toEqual(["host"]);
    await choose(user, box(), "检验服务器 主机");
    expect(chosen).toHaveBeenLastCalledWith("1");
  });

  it("names what was chosen before, without opening the list", async () => {
    const server = new Server({ "GET /items/1": LIS });
    show(<RefSelect of="items" aria-label="配置项" value="1" />);
    expect(await screen.findByText("检验服务器")).toBeDefined();
    expect(server.asked.map(({ path }) => path)).toEqual(["/items/1"]);
  });
});

describe("choosing a person", () => {
  it("shows names, and the user name of those who have none", async () => {
    const server = new Server({
      "GET /accounts": page(
        { id: "1", display_name: "周海涛", user_name: "zhou" },
        { id: "2", display_name: "", user_name: "robot" },
      ),
    });
    const chosen = vi.fn();
    const { user } = show(<RefSelect of="accounts" aria-label="配置项" onChange={chosen} />);
    await choose(user, box(), "robot ");
    expect(chosen).toHaveBeenLastCalledWith("2");
    expect(server.asked.every(({ path }) => path === "/accounts")).toBe(true);
  });
});
