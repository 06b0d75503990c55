/** The details of a relation: changed in place, emptied, and given to a new one. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Relation } from "@/api/types";
import { expectAccessible, show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import { RelationForm } from "./relation-form";

const end = (id: string, name: string) => ({ id, name, key: id, type: "host", type_label: "主机" });
const RUNS: Relation = {
  id: "r1",
  kind: "runs-on",
  kind_label: "运行于",
  reverse_label: "承载",
  source: end("a", "HIS"),
  target: end("b", "主机一"),
  group: "双机",
  need: 1,
  standby: "cold",
  switch_minutes: 5,
  kind_retired: false,
  rule: null,
};
const PATH = "/relations/r1";
let closed = 0;
const close = (): void => {
  closed += 1;
};

describe("the form of a relation", () => {
  it("changes its details and empties what is cleared", async () => {
    const server = new Server({ [`PATCH ${PATH}`]: RUNS, "GET /relation-kinds": page() });
    const { user } = show(<RelationForm was={RUNS} onClose={close} />);
    expect(screen.getByText("运行于 →").parentElement?.textContent).toBe("HIS 运行于 → 主机一");
    await user.clear(screen.getByLabelText("冗余组"));
    await user.clear(screen.getByLabelText("至少需要"));
    await user.type(screen.getByLabelText("至少需要"), "2");
    await expectAccessible(document.body);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(server.to(PATH)[0]?.body).toEqual({
        group: null,
        need: 2,
        standby: "cold",
        switch_minutes: 5,
      });
    });
    await waitFor(() => {
      expect(closed).toBe(1);
    });
  });

  it("says what the server refuses beside the field, and stays open", async () => {
    const problems = [{ field: "need", message: "组内只有 1 项" }];
    new Server({
      [`PATCH ${PATH}`]: refused(422, "有误", problems),
      "GET /relation-kinds": page(),
    });
    closed = 0;
    const { user } = show(<RelationForm was={RUNS} onClose={close} />);
    await user.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findByText("组内只有 1 项")).toBeDefined();
    expect(closed).toBe(0);
  });

  it("asks for kind and ends of a new one", async () => {
    const server = new Server({ "GET /relation-kinds": { items: [], next: null, total: 0 } });
    const { user } = show(<RelationForm onClose={close} />);
    await user.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findAllByText(/请填写|必填|终点/)).not.toHaveLength(0);
    expect(server.asked.filter(({ method }) => method === "POST")).toEqual([]);
  });

  it("offers what the item's type may be related by, from its own end, and fitting others", async () => {
    const ends = (source: string[], target: string[]) => ({
      source,
      target,
      from_layers: [],
      to_layers: [],
    });
    const kind = (name: string, label: string, reverse_label: string, ...allowed: object[]) => ({
      name,
      label,
      reverse_label,
      symmetric: false,
      allowed,
      capabilities: { source: null, target: null },
      standby: false,
    });
    const type = (name: string, parent: string | null = null) => ({
      name,
      extends: parent,
      capabilities: [],
    });
    const server = new Server({
      "GET /relation-kinds": page(
        kind("runs-on", "运行于", "承载", ends(["application"], ["host"])),
        kind("reports-to", "汇报给", "被汇报", ends(["person"], ["person"])),
      ),
      "GET /item-types": page(
        type("host"),
        type("hypervisor", "host"),
        type("application"),
        type("person"),
      ),
      "GET /items": page(end("c", "检验应用")),
      "POST /relations": RUNS,
    });
    const of = { ...end("h", "虚拟化主机"), type: "hypervisor" };
    const { user } = show(<RelationForm of={of} onClose={close} />);
    await user.click(await screen.findByLabelText("关系"));
    await user.click(await screen.findByText("承载 ←"));
    expect(screen.queryByText(/汇报/)).toBeNull();
    await user.click(screen.getByLabelText("对方配置项"));
    await user.click(await screen.findByText("检验应用"));
    expect(server.to("/items").at(-1)?.query.getAll("type")).toEqual(["application"]);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => {
      expect(server.to("/relations")[0]?.body).toMatchObject({
        kind: "runs-on",
        source: "c",
        target: "h",
      });
    });
  });
});
