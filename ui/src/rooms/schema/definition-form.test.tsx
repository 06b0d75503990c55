/** The form that a kind's declaration draws: it says the same as the text, and keeps its remarks. */
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { choose, expectAccessible, show } from "@/testing/screen";
import { Server } from "@/testing/server";
import { Editor } from "./definition-editor";
import { asForm, asText, field, FOUND, OF_KIND, PATH, PUMP, written } from "./editor-tests";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe("the form of a definition", () => {
  const TEXT =
    "# 泵\nkind: item-type\nname: pump\nlabel: 泵   # 一个\nattributes:\n  - {name: flow, label: {zh: 流量, en: Flow}, type: number}\n";
  const WAS = { ...PUMP, text: TEXT };

  it("writes what is typed into the text, remarks kept, and says the same in both forms", async () => {
    new Server(OF_KIND);
    const { user, body } = show(<Editor was={WAS} />);
    await user.type(await field("标识"), "2");
    await user.type(screen.getByLabelText("名称 · 英文"), "!");
    await user.click(screen.getByText(/更多可写的键/));
    await choose(user, screen.getByRole("combobox", { name: "父类型" }), "设备 · device");
    await user.type(await field("次序"), "7");
    await user.click(screen.getByRole("checkbox", { name: /^抽象/ }));
    await expectAccessible(body);
    await asText(user);
    expect(written().value).toBe(
      TEXT.replace("name: pump", "name: pump2").replace("label: 泵 ", "label: {zh: 泵, en: 泵!} ") +
        "extends: device\norder: 7\nabstract: true\n",
    );
    await user.type(written(), "labels: {{ward: 一}");
    await asForm(user);
    expect((await field("标识")) as HTMLInputElement).toHaveProperty("value", "pump2");
    expect(screen.getByText("ward")).toBeDefined();
  });

  it("adds, fills, moves and takes out entries of a list", async () => {
    new Server(OF_KIND);
    const { user } = show(<Editor was={WAS} />);
    await user.click(await screen.findByRole("button", { name: "＋ 添加属性" }));
    const [, inner] = await screen.findAllByLabelText(/^标识/);
    if (inner) await user.type(inner, "head");
    await choose(user, screen.getByRole("combobox", { name: "类型" }), "文本 · text");
    await user.click(screen.getByRole("button", { name: "上移：head" }));
    await user.click(screen.getByRole("button", { name: "移除：流量" }));
    await asText(user);
    expect(written().value).toBe(
      TEXT.replace(/- .*\n/, "- {name: head, label: null, type: text}\n"),
    );
  });

  it("tells a mistake at its field, opens what hides it and goes there", async () => {
    const message = "须为文本";
    const problem = { file: "text", line: 6, column: 40, path: "attributes[0].unit", message };
    new Server({ ...OF_KIND, [`POST ${PATH}/check`]: { ...FOUND, problems: [problem] } });
    const { user, body } = show(<Editor was={WAS} />);
    await field("标识");
    await user.click(screen.getByRole("button", { name: "检查" }));
    await user.click(await screen.findByRole("button", { name: "属性 1 › 单位" }));
    await waitFor(() => {
      expect(document.activeElement?.id).toBe("at-attributes[0].unit");
    });
    const said = document.activeElement?.closest(".field")?.querySelector(".field-wrong");
    expect(said?.textContent).toBe(message);
    await expectAccessible(body);
  });

  it("asks for sound YAML before it draws a form", async () => {
    new Server(OF_KIND);
    const { user } = show(
      <Editor was={{ ...PUMP, text: "kind: item-type\nname: pump\na: [1\n" }} />,
    );
    expect(await screen.findByText(/原文第 \d+ 行：这里不是有效的 YAML/)).toBeDefined();
    await asText(user);
    expect(written().value).toContain("a: [1");
  });
});
