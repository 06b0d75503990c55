/** Puts a component on the screen as the application does: router, queries, Ant Design, toasts. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent, { PointerEventsCheckLevel, type UserEvent } from "@testing-library/user-event";
import { App, ConfigProvider } from "antd";
import zh from "antd/locale/zh_CN";
import axe from "axe-core";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider, useLocation } from "react-router";
import { expect } from "vitest";
import { queryClient } from "@/api/queries";
import { Toasts } from "@/parts/toast";
import { LeaveGuard } from "@/parts/unsaved";

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}

export interface Shown {
  user: UserEvent;
  /** Path and query as the address bar would show them. */
  address: () => string;
  body: HTMLElement;
  /** What the browser's Back does. */
  back: () => Promise<void>;
}

export function show(element: ReactNode, at: string | string[] = "/"): Shown {
  queryClient.clear();
  const page = (
    <>
      <main>{element}</main>
      <Address />
      <LeaveGuard />
    </>
  );
  const router = createMemoryRouter([{ path: "*", element: page }], {
    initialEntries: typeof at === "string" ? [at] : at,
  });
  const { container } = render(
    <QueryClientProvider client={queryClient}>
      <ConfigProvider
        locale={zh}
        theme={{ token: { motion: false }, zeroRuntime: true }}
        button={{ autoInsertSpace: false }}
      >
        <App>
          <RouterProvider router={router} />
          <Toasts />
        </App>
      </ConfigProvider>
    </QueryClientProvider>,
  );
  return {
    user: userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never }),
    address: () =>
      decodeURIComponent(container.querySelector("[data-testid=address]")?.textContent ?? ""),
    back: () => router.navigate(-1),
    body: container.querySelector("main") ?? container,
  };
}

/** Choose from an open Select of Ant Design: its list hangs on the body. */
export async function choose(user: UserEvent, box: HTMLElement, label: string): Promise<void> {
  await user.click(box);
  const options = () =>
    [...document.querySelectorAll<HTMLElement>(".ant-select-item-option")].filter(
      (option) => option.textContent === label,
    );
  await expect.poll(() => options().length).toBeGreaterThan(0);
  const [option] = options();
  if (option) await user.click(option);
}

/** Nothing that the accessibility rules of WCAG 2.1 AA object to. jsdom knows no colours. */
export async function expectAccessible(body: HTMLElement): Promise<void> {
  const { violations } = await axe.run(body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    rules: { "color-contrast": { enabled: false } },
  });
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
  expect(found).toEqual([]);
}
