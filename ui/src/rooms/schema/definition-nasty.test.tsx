/** No text breaks the editor: the form shows it or says why not, and the text is there to mend. */
import { cleanup, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { refused, Server } from "@/testing/server";
import { Editor } from "./definition-editor";
import { asForm, asText, field, OF_KIND, PUMP, written } from "./editor-tests";
import { NASTY, random } from "./form/nasty-texts";

const AT_RANDOM = 60;
const LONGEST = 3_000;
const PATIENCE_MS = 120_000;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe("any text", () => {
  it(
    "is shown in the form or told about at its line, and stays in the text",
    async () => {
      new Server(OF_KIND);
      const texts = NASTY.filter(([text]) => text.length < LONGEST);
      const drawn = [...texts, ...[...random(AT_RANDOM)].map((text) => [text, undefined] as const)];
      for (const [text, why] of drawn) {
        const { user, body } = show(<Editor was={{ ...PUMP, text }} />);
        if (screen.queryByRole("textbox", { name: "YAML 原文" })) await asForm(user);
        const found = await screen.findByText(/^(标识|原文第 \d+ 行：)/, { selector: "label, p" });
        if (why === null) expect(found.textContent, text).toContain("标识");
        else if (why) expect(found.textContent, text).not.toContain("标识");
        expect(body.textContent).not.toContain("[object Object]");
        cleanup();
      }
    },
    PATIENCE_MS,
  );

  it("with an alias to nothing is marked at its line and survives loading the page again", async () => {
    new Server(OF_KIND);
    const { user, body } = show(<Editor was={PUMP} />);
    await field("标识");
    await asText(user);
    await user.type(written(), "label: *nope");
    expect(await screen.findByText(/^第 3 行：别名“\*nope”/)).toBeDefined();
    expect(body.querySelector(".yaml-wrong")?.textContent).toBe("3");
    await asForm(user);
    cleanup();
    const again = show(<Editor was={PUMP} />);
    const told = await screen.findByRole("alert");
    expect(told.textContent).toContain("原文第 3 行：别名“*nope”");
    await expectAccessible(again.body);
    await again.user.click(screen.getByRole("button", { name: "看原文第 3 行" }));
    expect(written().value).toContain("label: *nope");
    expect(written().selectionStart).toBe(written().value.indexOf("*nope"));
  });

  it("too long for the browser to keep stays on the page, and that is said", async () => {
    new Server(OF_KIND);
    const { user } = show(<Editor was={PUMP} />);
    await asText(user);
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await user.type(written(), "x");
    expect(written().value).toBe(`${PUMP.text}x`);
    expect(screen.getByText(/浏览器存不下/)).toBeDefined();
    full.mockRestore();
  });
});

describe("a value of another shape than its place", () => {
  const TEXT = `kind: item-type
name: {a: 1}
label: [泵]
extends: [device]
abstract: yes
order: soon
attributes:
  - 7
  - {name: flow, label: 流量, type: {x: 1}, unit: [l]}
labels: [a]
colour: red
`;

  it("is told in words, with the way to its place in the text; the rest is a form", async () => {
    new Server(OF_KIND);
    const { user, body } = show(<Editor was={{ ...PUMP, text: TEXT }} />);
    await screen.findByText(/表单不认识的键/);
    await user.click(screen.getByRole("button", { name: /^1\. 7/ }));
    await user.click(screen.getByRole("button", { name: /^2\. 流量/ }));
    // name, label, extends, abstract, order, labels; the first attribute, two keys of the second.
    expect(screen.getAllByText(/这样的写法表单显示不了/)).toHaveLength(9);
    expect(body.textContent).not.toContain("[object Object]");
    await expectAccessible(body);
    const order = document.getElementById("at-order");
    const [way] = order?.getElementsByTagName("button") ?? [];
    if (way) await user.click(way);
    expect(written().selectionStart).toBe(TEXT.indexOf("order:"));
  });

  it("is not asked for of a kind that is none: that is told", async () => {
    const path = "/definition-kinds/pumps";
    new Server({ [`GET ${path}`]: refused(404, "没有定义种类“pumps”") });
    show(<Editor begin={{ kind: "pumps", text: "kind: pumps\nname: a\n" }} />);
    expect(await screen.findByText("没有定义种类“pumps”")).toBeDefined();
  });
});
