/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/targets",
    title: ["监控对象", "Targets"],
    needs: "collect.read",
    icon: "targets",
    navigation: { group: "configuration", place: 30 },
    page: lazy(() => import("./targets")),
  },
  {
    path: "/targets/:id",
    title: ["监控对象", "Target"],
    needs: "collect.read",
    page: lazy(() => import("./target")),
  },
  {
    path: "/collectors",
    title: ["采集器", "Collectors"],
    needs: "collect.read",
    icon: "collectors",
    navigation: { group: "administration", place: 30 },
    page: lazy(() => import("./collectors")),
  },
];
