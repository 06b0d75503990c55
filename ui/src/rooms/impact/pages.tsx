/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/impact/matrix",
    title: ["故障影响矩阵", "Impact matrix"],
    needs: "cmdb.read",
    icon: "matrix",
    navigation: { group: "boards", place: 50 },
    page: lazy(() => import("./matrix")),
  },
  {
    path: "/impact/services/:id/fault-tree",
    title: ["故障树", "Fault tree"],
    needs: "cmdb.read",
    page: lazy(() => import("./fault-tree")),
  },
  {
    path: "/items/:id/formula",
    title: ["可用条件", "Availability formula"],
    needs: "cmdb.read",
    page: lazy(() => import("./formula")),
  },
  {
    path: "/impact/what-if",
    title: ["推演", "What if"],
    needs: "cmdb.read",
    icon: "matrix",
    navigation: { group: "boards", place: 52 },
    page: lazy(() => import("./whatif")),
  },
  {
    path: "/impact/scenarios",
    title: ["推演方案", "Scenarios"],
    needs: "cmdb.read",
    page: lazy(() => import("./scenarios")),
  },
  {
    path: "/impact/scenarios/:id",
    title: ["推演方案", "Scenario"],
    needs: "cmdb.read",
    page: lazy(() => import("./scenario")),
  },
  {
    path: "/impact/rankings",
    title: ["关键与脆弱排行", "Critical and fragile"],
    needs: "cmdb.read",
    icon: "matrix",
    navigation: { group: "boards", place: 54 },
    page: lazy(() => import("./rankings")),
  },
];
