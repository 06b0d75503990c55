/** The small parts that every page uses, through what a reader sees and does. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { chooseLanguage } from "@/language";
import { expectAccessible, show } from "@/testing/screen";
import { Confirmed } from "./confirm";
import {
  ColourMark,
  CONDITIONS,
  ConditionMark,
  Importance,
  SEVERITIES,
  SeverityMark,
  TargetMark,
  YesNo,
} from "./marks";
import { Names } from "./names";
import { learnServerTime } from "./now";
import { PageFrame } from "./page";
import { CurrentPage, type PageEntry } from "./page-entry";
import { Secret } from "./secret";
import { Empty, Failed, Waiting } from "./states";
import { Tabs, useTab } from "./tabs";
import { Ago, At, Lasted } from "./time";

describe("a sign of state", () => {
  it.each([
    [<ConditionMark condition="down" />, "中断"],
    [<ConditionMark condition="maintenance" quiet />, "维护中"],
    [<SeverityMark severity="disaster" />, "灾难"],
    [<ColourMark colour="black" />, "黑单"],
    [<TargetMark state="paused" />, "已停采"],
    [<YesNo value />, "是"],
    [<YesNo value={false} />, "否"],
  ])("is a shape and a word: %#", (mark, word) => {
    const { body } = show(mark);
    expect(body.textContent).toBe(word);
    expect(body.querySelector("svg > *")).not.toBeNull();
  });

  it("has a shape of its own for each grade, so that colour is never alone", () => {
    for (const grades of [CONDITIONS, SEVERITIES]) {
      const shapes = Object.values(grades).map(({ shape }) => shape);
      expect(new Set(shapes).size).toBe(shapes.length);
    }
  });

  it("speaks the reader's language", () => {
    chooseLanguage("en");
    expect(show(<ConditionMark condition="down" />).body.textContent).toBe("Down");
    chooseLanguage("zh-CN");
  });

  it("of importance is left out when there is none", () => {
    expect(show(<Importance value={null} />).body.textContent).toBe("");
    expect(show(<Importance value="A" />).body.textContent).toBe("A");
  });
});

describe("several names in one line", () => {
  const some = (...names: string[]) => names.map((name) => ({ name }));

  it("are all there when they are few, and a dash when there is none", () => {
    expect(show(<Names of={some("HIS", "LIS", "PACS")} />).body.textContent).toBe("HIS、LIS、PACS");
    expect(show(<Names of={[]} />).body.textContent).toBe("–");
  });

  it("are the first three and their number when they are many, all of them on hovering", () => {
    show(<Names of={some("a", "b", "c", "d")} />);
    expect(screen.getByText("a、b、c 等 4 个").title).toBe("a、b、c、d");
  });
});

describe("an instant", () => {
  it("is short on the page and whole on hovering, in the hospital's zone", () => {
    show(<At at="2026-11-23T08:05:09Z" />);
    const shown = screen.getByText("11/23 16:05");
    expect([shown.getAttribute("datetime"), shown.title]).toEqual([
      "2026-11-23T08:05:09Z",
      "2026/11/23 16:05:09",
    ]);
  });

  it("ages by itself, by the server's clock and not the workstation's", () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-23T07:00:00Z") });
    learnServerTime("Mon, 23 Nov 2026 08:00:00 GMT");
    const { body } = show(<Ago at="2026-11-23T07:58:00Z" />);
    expect(body.textContent).toBe("2分00秒前");
    learnServerTime(new Date().toUTCString());
  });

  it("that never was says so", () => {
    expect(show(<Ago at={null} />).body.textContent).toBe("从未");
    expect(show(<At at={undefined} />).body.textContent).toBe("–");
    expect(show(<Lasted from={null} />).body.textContent).toBe("–");
  });

  it("and another make a time that lasted", () => {
    const { body } = show(<Lasted from="2026-11-20T08:00:00Z" to="2026-11-23T12:30:00Z" />);
    expect(body.textContent).toBe("3天4时");
  });
});

describe("something that cannot be taken back", () => {
  it("happens only after it was asked about and confirmed", async () => {
    const act = vi.fn();
    const { user } = show(
      <Confirmed ask="删除这条关系？" onYes={act}>
        删除
      </Confirmed>,
    );
    await user.click(screen.getByRole("button", { name: "删除" }));
    expect(await screen.findByText("删除这条关系？")).toBeDefined();
    expect(act).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "取消" }));
    expect(act).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "删除" }));
    await user.click(await screen.findByRole("button", { name: "确定" }));
    expect(act).toHaveBeenCalledOnce();
  });
});

describe("a secret", () => {
  it("is shown once with a button that copies it, and says that it did", async () => {
    const { user } = show(<Secret text="wr_abc123" name="token" />);
    expect(screen.getByText("wr_abc123")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "复制" }));
    expect(await navigator.clipboard.readText()).toBe("wr_abc123");
    expect(await screen.findByText("已复制")).toBeDefined();
  });
});

describe("a place without data", () => {
  it("says what it would hold and what to do", async () => {
    const { body } = show(<Empty title="没有告警" hint="一切正常" action={<a href="/x">去</a>} />);
    expect(body.textContent).toBe("没有告警一切正常去");
    await expectAccessible(body);
  });

  it("that could not be read says why, and asks again on request", async () => {
    const again = vi.fn();
    const { user } = show(<Failed problem={{ message: "历史库不可用" }} again={again} />);
    expect(screen.getByRole("alert").textContent).toContain("历史库不可用");
    await user.click(screen.getByRole("button", { name: "重试" }));
    expect(again).toHaveBeenCalledOnce();
  });

  it("that is not there is no failure, and is not asked for again", () => {
    const gone = new Problem(404, { detail: "这里没有该内容" });
    const { body } = show(<Failed problem={gone} again={vi.fn()} />);
    expect(body.textContent).toBe("找不到该内容这里没有该内容");
    const busy = new Problem(503, { detail: "历史库不可用" });
    expect(show(<Failed problem={busy} again={vi.fn()} />).body.textContent).toContain("重试");
  });

  it("that still waits tells so to those who cannot see it", () => {
    show(<Waiting lines={3} />);
    const waiting = screen.getByLabelText("正在加载…");
    expect(waiting.getAttribute("aria-busy")).toBe("true");
    expect(waiting.children).toHaveLength(3);
  });
});

const TABS = [
  { key: "overview", label: "概览" },
  { key: "alerts", label: "告警", count: 3 },
  { key: "changes", label: "变更", count: 0 },
];

function Tabbed() {
  const tab = useTab(TABS);
  return (
    <>
      <Tabs tabs={TABS} current={tab} label="检验系统" />
      <p>打开的是 {tab}</p>
    </>
  );
}

describe("tabs", () => {
  it("open the one in the address, and the first when the address names none there is", () => {
    expect(show(<Tabbed />, "/?tab=alerts").body.textContent).toContain("打开的是 alerts");
    expect(show(<Tabbed />, "/?tab=evil").body.textContent).toContain("打开的是 overview");
  });

  it("write into the address, mark the open one and count what is in them", async () => {
    const { user, address, body } = show(<Tabbed />);
    await user.click(screen.getByRole("link", { name: /告警/ }));
    expect(address()).toBe("/?tab=alerts");
    expect(screen.getByRole("link", { current: "page" }).textContent).toBe("告警3");
    expect(screen.getByRole("link", { name: "变更" }).textContent).toBe("变更");
    await expectAccessible(body);
  });
});

describe("a page", () => {
  const entry: PageEntry = { path: "/x", title: ["工单", "Tickets"], page: () => null };
  const page = (title?: string, ready = true) =>
    show(
      <CurrentPage value={entry}>
        <PageFrame ready={ready} {...(title ? { title } : {})} lead="共 7 张">
          内容
        </PageFrame>
      </CurrentPage>,
      "/x",
    );

  it("bears the title that it declares, until its data tells a better one", () => {
    page();
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("工单");
    expect(document.title).toBe("工单 · 查房");
    page("打印机不出纸");
    expect(document.title).toBe("打印机不出纸 · 查房");
  });

  it("tells whoever drives the browser when its data is drawn, and not before", async () => {
    delete document.documentElement.dataset["ready"];
    page(undefined, false);
    expect(document.documentElement.dataset["ready"]).toBeUndefined();
    page();
    await waitFor(() => {
      expect(document.documentElement.dataset["ready"]).toBe("/x");
    });
  });
});
