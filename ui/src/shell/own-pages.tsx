/** The shell's own pages. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/more",
    title: ["更多", "More"],
    icon: "more",
    tab: { place: 90, under: "/" },
    frame: "light",
    page: lazy(() => import("./more")),
  },
  {
    path: "/search",
    title: ["查找", "Search"],
    icon: "search",
    frame: "light",
    page: lazy(() => import("./search-page")),
  },
  {
    path: "*",
    title: ["找不到此页面", "There is no such page"],
    frame: "light",
    page: lazy(() => import("./not-found")),
  },
];
