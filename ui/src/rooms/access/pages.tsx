/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/sign-in",
    title: ["登录", "Sign in"],
    frame: "bare",
    page: lazy(() => import("./sign-in")),
  },
  {
    path: "/change-password",
    title: ["请先修改密码", "Change your password first"],
    frame: "bare",
    page: lazy(() => import("./change-password")),
  },
  {
    path: "/people",
    title: ["人员", "People"],
    needs: "access.read",
    icon: "people",
    navigation: { group: "administration", place: 10 },
    page: lazy(() => import("./people")),
  },
  {
    path: "/people/:id",
    title: ["人员", "Person"],
    needs: "access.read",
    page: lazy(() => import("./person")),
  },
  {
    path: "/roles",
    title: ["角色", "Roles"],
    needs: "access.read",
    icon: "roles",
    navigation: { group: "administration", place: 20 },
    page: lazy(() => import("./roles")),
  },
  {
    path: "/audit",
    title: ["审计", "Audit"],
    needs: "access.audit",
    icon: "audit",
    navigation: { group: "administration", place: 40 },
    page: lazy(() => import("./audit")),
  },
  {
    path: "/account",
    title: ["我的账号", "My account"],
    icon: "account",
    navigation: { group: "account", place: 10 },
    page: lazy(() => import("./account")),
  },
  {
    path: "/tokens",
    title: ["访问令牌", "API tokens"],
    icon: "tokens",
    navigation: { group: "account", place: 20 },
    page: lazy(() => import("./tokens")),
  },
];
