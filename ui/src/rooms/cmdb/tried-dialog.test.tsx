import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { useSend } from "@/api/queries";
import { Problem } from "@/api/problem";
import { show } from "@/testing/screen";
import { TriedDialog, type Why } from "./tried-dialog";

interface Found {
  n: number;
}

function Dialog({ ask, onDone }: { ask: () => Promise<Found>; onDone: (done: Found) => void }) {
  const save = useSend<Why, Found>((why) => Promise.resolve({ n: why.reason?.length ?? 0 }), []);
  return (
    <TriedDialog<Found>
      title="删除"
      hint="会怎样"
      act="照做"
      why
      trialOf={["tried-dialog"]}
      ask={ask}
      save={save}
      told={({ n }) => <p>影响 {n} 项</p>}
      worthwhile={({ n }) => n > 0}
      onClose={vi.fn()}
      onDone={onDone}
    />
  );
}

const act = () => screen.getByRole<HTMLButtonElement>("button", { name: "照做" });

it("does what was tried, with its reason, and only once it was tried", async () => {
  const [ask, done] = [vi.fn(() => Promise.resolve({ n: 3 })), vi.fn()];
  const { user } = show(<Dialog ask={ask} onDone={done} />);
  expect(act().disabled).toBe(true);
  await screen.findByText("影响 3 项");
  await user.type(screen.getByRole("textbox", { name: /原因/ }), "报废");
  await user.click(act());
  await expect.poll(() => done.mock.calls[0]?.[0] as unknown).toEqual({ n: 2 });
});

it("does nothing where nothing would come of it", async () => {
  show(<Dialog ask={() => Promise.resolve({ n: 0 })} onDone={vi.fn()} />);
  await screen.findByText("影响 0 项");
  expect(act().disabled).toBe(true);
});

it("tells why it could not be tried", async () => {
  const refusal = new Problem(422, { title: "不在可见范围内", code: "x" });
  show(<Dialog ask={() => Promise.reject(refusal)} onDone={vi.fn()} />);
  await screen.findByText(/不在可见范围内/);
  expect(act().disabled).toBe(true);
});
