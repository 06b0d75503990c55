/** The pages of this room. The boards come with the first load: they are what most people open. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";
import { InformationPage } from "./information";
import { StatusPage } from "./status";
import { SystemsPage } from "./systems";

export const pages: readonly PageEntry[] = [
  {
    path: "/boards/information",
    title: ["信息看板", "Information board"],
    needs: "boards.read",
    icon: "information",
    navigation: { group: "boards", place: 10 },
    tab: { place: 10, under: "/boards", title: ["看板", "Boards"] },
    frame: "light",
    page: InformationPage,
  },
  {
    path: "/boards/status",
    title: ["状态看板", "Status board"],
    needs: "boards.read",
    icon: "status",
    navigation: { group: "boards", place: 20 },
    frame: "light",
    page: StatusPage,
  },
  {
    path: "/boards/systems",
    title: ["业务系统", "Systems"],
    needs: "boards.read",
    icon: "systems",
    navigation: { group: "boards", place: 30 },
    frame: "light",
    page: SystemsPage,
  },
  {
    path: "/wall/:board",
    title: ["大屏", "Wall screen"],
    frame: "bare",
    page: lazy(() => import("./wall")),
  },
];
