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
];
