/** Roles: what each gives, what it gives in vain, and a new one. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { page, refused, Server } from "@/testing/server";
import { NewRole } from "./new-role";
import RolesPage from "./roles";

const WORK = { key: "tickets.work", label: "处理工单", room: "tickets" };
const READ = { key: "tickets.read", label: "查看工单", room: "tickets" };
const NIGHT = {
  id: "r1",
  name: "night",
  label: "夜班",
  label_zh: "夜班",
  label_en: "Night",
  permissions: ["tickets.work"],
  lacking: { "tickets.work": ["tickets.read"] },
  built_in: false,
};
const DAY = { ...NIGHT, id: "r2", name: "day", label: "白班", lacking: {} };

const serve = (...roles: object[]): Server =>
  new Server({ "GET /roles": page(...roles), "GET /permissions": page(WORK, READ) });

it("says which role gives a permission that is of no use alone, and without what", async () => {
  serve(NIGHT, DAY);
  const { body } = show(<RolesPage />);
  const lines = within(await screen.findByRole("note")).getAllByRole("listitem");
  expect(lines.map((line) => line.textContent)).toEqual([
    "角色“夜班”有“处理工单”，但没有“查看工单”，前者因此用不上。",
  ]);
  await expectAccessible(body);
});

it("says nothing where every permission can be used", async () => {
  serve(DAY);
  show(<RolesPage />);
  await screen.findByText("查看工单");
  expect(screen.queryByRole("note")).toBeNull();
});

it("makes a role, puts a refusal beside its field, and closes when it is saved", async () => {
  const answers = [refused(422, "有误", [{ field: "name", message: "已有这个标识" }]), DAY];
  const server = new Server({ "POST /roles": () => answers.shift() ?? DAY });
  let closed = 0;
  const { user } = show(
    <NewRole
      onClose={() => {
        closed += 1;
      }}
    />,
  );
  await user.type(screen.getByLabelText("标识"), "night");
  await user.type(screen.getByLabelText("中文名"), "夜班");
  await user.type(screen.getByLabelText("英文名"), "Night");
  await user.click(screen.getByRole("button", { name: "保存" }));
  expect(await screen.findByText("已有这个标识")).toBeDefined();
  expect(closed).toBe(0);
  await user.click(screen.getByRole("button", { name: "保存" }));
  await waitFor(() => {
    expect(closed).toBe(1);
  });
  expect(server.to("/roles").at(-1)?.body).toEqual({
    name: "night",
    label_zh: "夜班",
    label_en: "Night",
    permissions: [],
  });
});
