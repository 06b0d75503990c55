/** Editing one definition: checked before it is saved, refused in place, retired with consent. */
import { onlineManager } from "@tanstack/react-query";
import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import { Editor } from "./definition-editor";
import { asText, field, FOUND, KIND, OF_KIND, PATH, PUMP, written } from "./editor-tests";
import NewDefinitionPage from "./new-definition";
import { Retire } from "./retire";
import { namedIn } from "./text";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  onlineManager.setOnline(true);
});

describe("the text's own words", () => {
  it("are its kind and name where they begin a line, quoted or remarked or not", () => {
    expect(namedIn('# name: no\nkind: "host"  # why\nname: a-1\n  name: inner\n')).toEqual({
      kind: "host",
      name: "a-1",
    });
    expect(namedIn("kind: \nname: \nlabel: x")).toEqual({ kind: "", name: "" });
  });
});

describe("the editor of a definition", () => {
  it("tells each mistake with its place and writes nothing", async () => {
    const message = "没有 item-type“devize”；是否想写“device”？";
    const problem = { file: "text", line: 3, column: 10, path: "extends", message };
    const server = new Server({ [`POST ${PATH}/check`]: { ...FOUND, problems: [problem] } });
    const { user, body } = show(<Editor was={PUMP} />);
    await asText(user);
    await user.type(written(), "extends: devize");
    await user.click(screen.getByRole("button", { name: "检查" }));
    const told = await screen.findByRole("alert");
    expect(told.textContent).toContain("3:10 extends 没有 item-type“devize”；是否想写“device”？");
    expect(server.to(PATH)).toEqual([]);
    expect(body.querySelector(".yaml-wrong")?.textContent).toBe("3");
    await user.click(screen.getByRole("button", { name: "3:10 extends" }));
    await waitFor(() => {
      expect(document.activeElement).toBe(written());
    });
    expect(written().selectionStart).toBe(PUMP.text.length + 9);
    await expectAccessible(body);
  });

  it("tells the text's own mistakes before what they break elsewhere, and that once", async () => {
    const elsewhere = { file: "ours/a.yaml", column: 1, path: "items", message: "没有这个属性" };
    const own = { file: "text", line: 1, column: 1, path: "kind", message: "写错了" };
    const problems = [{ ...elsewhere, line: 1 }, { ...elsewhere, line: 9 }, own];
    new Server({ [`POST ${PATH}/check`]: { ...FOUND, problems } });
    const { user } = show(<Editor was={PUMP} />);
    await asText(user);
    await user.click(screen.getByRole("button", { name: "检查" }));
    const lines = within(await screen.findByRole("alert")).getAllByRole("listitem");
    expect(lines.map((line) => line.textContent)).toEqual([
      "1:1 kind 写错了",
      "ours/a.yaml:1:1 items 没有这个属性 ×2",
    ]);
  });

  it("tells what can be saved and is perhaps not meant, and goes there", async () => {
    const advice = { file: "text", line: 2, column: 7, path: "name", message: "单独无用" };
    new Server({ [`POST ${PATH}/check`]: { ...FOUND, advice: [advice] }, ...OF_KIND });
    const { user, body } = show(<Editor was={PUMP} />);
    await user.click(screen.getByRole("button", { name: "检查" }));
    const told = await screen.findByRole("note");
    expect(told.textContent).toContain("标识 单独无用");
    expect(screen.getByText("✓ 没有错误")).toBeDefined();
    await expectAccessible(body);
    await asText(user);
    await user.click(screen.getByRole("button", { name: "2:7 name" }));
    await waitFor(() => {
      expect(written().selectionStart).toBe("kind: item-type\nname: ".length);
    });
  });

  it("saves the text over the version that was opened, and opens what it saved", async () => {
    const server = new Server({ [`PUT ${PATH}`]: { ...PUMP, version: 4 } });
    const { user, address } = show(<Editor was={PUMP} />);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(address()).toBe(PATH);
    });
    expect(server.to(PATH)[0]?.body).toEqual({
      text: PUMP.text,
      base_version: 3,
      renamed_from: "",
      consent: false,
    });
  });

  it("says what would be lost when saving is refused, and saves with consent", async () => {
    const lost = { ...FOUND, needs_consent: true, lost: "2 个配置项" };
    const server = new Server({
      [`POST ${PATH}/check`]: lost,
      [`PUT ${PATH}`]: ({ body }: { body: unknown }) =>
        (body as { consent: boolean }).consent ? PUMP : refused(409, "须同意"),
    });
    const { user, address } = show(<Editor was={PUMP} />);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await user.click(await screen.findByRole("checkbox", { name: /2 个配置项/ }));
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(address()).toBe(PATH);
    });
    expect(server.to(PATH)).toHaveLength(2);
  });

  it("sends a new name with the old one, so that what lives by it follows", async () => {
    const renamed = "/definitions/item-type/syringe";
    const server = new Server({ [`PUT ${renamed}`]: { ...PUMP, name: "syringe" } });
    const { user } = show(<Editor was={PUMP} />);
    await asText(user);
    await user.clear(written());
    expect(screen.getByRole("button", { name: "保存" }).hasAttribute("disabled")).toBe(true);
    await user.type(written(), "kind: item-type\nname: syringe\n");
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(server.to(renamed)[0]?.body).toMatchObject({ renamed_from: "pump" });
    });
  });
});

describe("what is not saved", () => {
  it("is there again after leaving the page, until it is given up", async () => {
    new Server(OF_KIND);
    const first = show(<Editor was={PUMP} />);
    await asText(first.user);
    await first.user.type(written(), "order: 3");
    cleanup();
    const { user } = show(<Editor was={{ ...PUMP, version: 4 }} />);
    expect(written().value).toBe(`${PUMP.text}order: 3`);
    expect(screen.getByText(/其间该定义已有新版本/)).toBeDefined();
    const giveUp = screen.getByRole("button", { name: "放弃，回到现行内容" });
    await user.click(giveUp);
    await user.click(await screen.findByRole("button", { name: "继续填写" }));
    expect(written().value).toBe(`${PUMP.text}order: 3`);
    await user.click(giveUp);
    const yes = await screen.findAllByRole("button", { name: "放弃" });
    await user.click(yes.at(-1) as HTMLElement);
    await waitFor(() => {
      expect(written().value).toBe(PUMP.text);
    });
    cleanup();
    show(<Editor was={PUMP} />);
    expect(screen.queryByText(/这是您上次未保存/)).toBeNull();
  });

  it("stays in the tab when one leaves, and that is said", async () => {
    new Server(OF_KIND);
    const { user, back, address } = show(
      <Routes>
        <Route path="/edit" element={<Editor was={PUMP} />} />
        <Route path="*" element="别处" />
      </Routes>,
      ["/before", "/edit"],
    );
    await asText(user);
    await user.type(written(), "order: 3");
    await act(back);
    expect(address()).toBe("/before");
    await screen.findByText("“pump”未保存的内容留在此标签页，回来可以接着写");
  });

  it("is asked for before one leaves where the browser cannot keep it", async () => {
    new Server(OF_KIND);
    localStorage.setItem("wardround.definition.mode", "text");
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    try {
      const { user, back, address } = show(<Editor was={PUMP} />, ["/before", "/edit"]);
      await user.type(written(), "order: 3");
      await act(back);
      expect(await screen.findAllByText("放弃已填写的内容？")).not.toEqual([]);
      expect(address()).toBe("/edit");
    } finally {
      full.mockRestore();
    }
  });

  it("is forgotten once it is saved", async () => {
    new Server({ ...OF_KIND, [`PUT ${PATH}`]: PUMP });
    const { user, address } = show(<Editor was={PUMP} />);
    await asText(user);
    await user.type(written(), "order: 3");
    expect(sessionStorage).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(address()).toBe(PATH);
    });
    expect(sessionStorage).toHaveLength(0);
  });
});

describe("a new definition", () => {
  it("begins with its kind and a sound example", async () => {
    new Server({
      "GET /definition-kinds": page({ name: "item-type", label: "配置项类型", about: "一类。" }),
      [`GET ${KIND}`]: { ...OF_KIND[`GET ${KIND}`], example: PUMP.text },
      "GET /definitions": page(),
    });
    const { user, address, body } = show(<NewDefinitionPage />, "/definitions/new");
    await user.click(await screen.findByRole("link", { name: /配置项类型/ }));
    expect(address()).toBe("/definitions/new?kind=item-type");
    expect((await field("标识")) as HTMLInputElement).toHaveProperty("value", "pump");
    await expectAccessible(body);
  });
});

describe("retiring a definition", () => {
  it("counts what lives by it and asks with that consent", async () => {
    const server = new Server({
      [`POST ${PATH}/check-retirement`]: { ...FOUND, needs_consent: true, lost: "2 个配置项" },
      [`DELETE ${PATH}`]: new Response(null, { status: 204 }),
    });
    const { user } = show(<Retire kind="item-type" name="pump" label="水泵" version={3} />);
    await user.click(screen.getByRole("button", { name: "停用" }));
    expect(await screen.findByText("停用“水泵”？")).toBeDefined();
    expect(screen.getByText(/2 个配置项/)).toBeDefined();
    const [, yes] = screen.getAllByRole("button", { name: "停用" });
    if (yes) await user.click(yes);
    await waitFor(() => {
      expect(server.to(PATH)[0]?.query.get("consent")).toBe("true");
    });
    expect(server.to(PATH)[0]?.query.get("base_version")).toBe("3");
  });

  it("is sent where the browser believes to be offline: the house needs no internet", async () => {
    onlineManager.setOnline(false);
    const server = new Server({
      [`POST ${PATH}/check-retirement`]: FOUND,
      [`DELETE ${PATH}`]: new Response(null, { status: 204 }),
    });
    const { user } = show(<Retire kind="item-type" name="pump" label="水泵" version={3} />);
    await user.click(screen.getByRole("button", { name: "停用" }));
    await screen.findByText("停用“水泵”？");
    const [, yes] = screen.getAllByRole("button", { name: "停用" });
    if (yes) await user.click(yes);
    await waitFor(() => {
      expect(server.to(PATH)).toHaveLength(1);
    });
  });

  it("is not offered while another definition refers to it", async () => {
    const problem = { file: "ours/pump.yaml", line: 4, column: 2, path: "type", message: "没有" };
    const again = [5, 6].map((line) => ({ ...problem, line }));
    const found = { ...FOUND, problems: [problem, ...again] };
    const server = new Server({ [`POST ${PATH}/check-retirement`]: found });
    const { user } = show(<Retire kind="item-type" name="pump" label="水泵" version={3} />);
    await user.click(screen.getByRole("button", { name: "停用" }));
    const told = await screen.findByRole("alert");
    expect(told.textContent).toBe("3 处引用ours/pump.yaml:4:2 type 没有 ×3");
    const [, yes] = screen.getAllByRole("button", { name: "停用" });
    expect(yes?.hasAttribute("disabled")).toBe(true);
    expect(server.to(PATH)).toEqual([]);
  });
});
