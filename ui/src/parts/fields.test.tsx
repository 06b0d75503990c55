/** Forms drawn from definitions, and the server's words beside the fields they speak of. */
import { screen } from "@testing-library/react";
import { Button, Form } from "antd";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { choose, expectAccessible, show } from "@/testing/screen";
import { FieldControl, placeProblems, saidOf, type Field, type Values } from "./fields";

const field = (name: string, type: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  type,
  ...more,
});

interface Props {
  fields: Field[];
  fresh?: boolean;
  onSubmit: (values: Values) => void;
  problem?: Problem;
  onPlaced?: (all: boolean) => void;
}

function Drawn({ fields, fresh, onSubmit, problem, onPlaced }: Props) {
  const [form] = Form.useForm<Values>();
  return (
    <Form form={form} onFinish={onSubmit} initialValues={{ title: "x" }}>
      <Form.Item name="title" label="标题">
        <input />
      </Form.Item>
      {fields.map((each) => (
        <FieldControl
          key={each.name}
          field={each}
          path={["attributes", each.name]}
          fresh={fresh ?? false}
        />
      ))}
      <Button htmlType="submit">保存</Button>
      {problem ? (
        <Button
          onClick={() => {
            onPlaced?.(placeProblems(form, problem, ["attributes"]));
          }}
        >
          出错
        </Button>
      ) : null}
    </Form>
  );
}

const refusedFor = (...fields: string[]) =>
  new Problem(422, {
    detail: "有字段不对",
    problems: fields.map((name) => ({ field: name, message: `${name}不对`, row: null })),
  });

describe("a form drawn from a definition", () => {
  it("begins a new thing with its defaults, and says which of them were emptied", async () => {
    const saved = vi.fn();
    const fields = [
      field("病区", "text", { default: "库房" }),
      field("容量", "number", { default: 0.5 }),
      field("备注", "text"),
    ];
    const { user } = show(<Drawn fresh fields={fields} onSubmit={saved} />);
    expect(screen.getByLabelText<HTMLInputElement>("病区").value).toBe("库房");
    await user.click(screen.getByRole("button", { name: "保存" }));
    const entered = (saved.mock.calls[0]?.[0] as { attributes: Values }).attributes;
    expect(entered).toEqual({ 病区: "库房", 容量: 0.5, 备注: undefined });
    expect(saidOf(fields, { 病区: undefined, 备注: undefined })).toEqual({
      病区: null,
      容量: null,
      备注: undefined,
    });
  });

  it("leaves what exists as it is", () => {
    show(<Drawn fields={[field("病区", "text", { default: "库房" })]} onSubmit={vi.fn()} />);
    expect(screen.getByLabelText<HTMLInputElement>("病区").value).toBe("");
  });

  it("takes each type in its own control and gives it back in the API's form", async () => {
    const saved = vi.fn();
    const { user, body } = show(
      <Drawn
        onSubmit={saved}
        fields={[
          field("名称", "text"),
          field("核数", "number", { unit: "核" }),
          field("内存", "number", { unit: "B" }),
          field("用途", "choice", { choices: [{ value: "db", label: "数据库" }] }),
          field("虚拟", "boolean"),
          field("标签", "list"),
          field("备注", "longtext"),
        ]}
      />,
    );
    await user.type(screen.getByRole("textbox", { name: "名称" }), "lis");
    await user.type(screen.getByRole("spinbutton", { name: "核数" }), "16");
    await user.type(screen.getByRole("spinbutton", { name: "内存" }), "64G");
    await choose(user, screen.getByRole("combobox", { name: "用途" }), "数据库");
    await user.click(screen.getByRole("checkbox", { name: "虚拟" }));
    await user.type(screen.getByRole("combobox", { name: "标签" }), "a，b,");
    await expectAccessible(body);
    await user.click(screen.getByRole("button", { name: "保存" }));
    await expect
      .poll(() => saved.mock.calls)
      .toEqual([
        [
          {
            title: "x",
            attributes: {
              名称: "lis",
              核数: 16,
              内存: 64 * 1024 ** 3,
              用途: "db",
              虚拟: true,
              标签: ["a", "b"],
            },
          },
        ],
      ]);
  });

  it("is not sent while a required field is empty, and says which", async () => {
    const saved = vi.fn();
    const { user } = show(
      <Drawn onSubmit={saved} fields={[field("地址", "address", { required: true })]} />,
    );
    await user.click(screen.getByRole("button", { name: "保存" }));
    expect(await screen.findByText("请填写地址")).toBeDefined();
    expect(saved).not.toHaveBeenCalled();
  });

  it("never shows a secret, and says that an empty one stays as it was", () => {
    show(<Drawn onSubmit={vi.fn()} fields={[field("口令", "secret")]} />);
    const input = screen.getByLabelText("口令");
    expect([input.getAttribute("type"), input.getAttribute("placeholder")]).toEqual([
      "password",
      "留空则不修改",
    ]);
  });
});

describe("the server's refusal", () => {
  it.each([
    [["attributes.核数"], true],
    [["title"], true],
    [["title", "attributes.没有"], false],
    [[], false],
  ])("for %o: all placed is %s", async (names, all) => {
    const placed = vi.fn();
    const { user } = show(
      <Drawn
        onSubmit={vi.fn()}
        onPlaced={placed}
        fields={[field("核数", "number")]}
        problem={refusedFor(...names)}
      />,
    );
    await user.click(screen.getByRole("button", { name: "出错" }));
    expect(placed).toHaveBeenCalledWith(all);
    for (const name of names.filter((known) => !known.includes("没有")))
      expect(await screen.findByText(`${name}不对`)).toBeDefined();
  });
});
