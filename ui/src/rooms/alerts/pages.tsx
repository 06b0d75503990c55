/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/alerts",
    title: ["告警", "Alerts"],
    needs: "alerts.read",
    icon: "alerts",
    navigation: { group: "handling", place: 20 },
    tab: { place: 30, under: "/alerts" },
    page: lazy(() => import("./alerts")),
  },
  {
    path: "/alerts/:id",
    title: ["告警", "Alert"],
    needs: "alerts.read",
    page: lazy(() => import("./alert")),
  },
  {
    path: "/rules",
    title: ["告警规则", "Alert rules"],
    needs: "detection.read",
    icon: "rules",
    navigation: { group: "configuration", place: 40 },
    page: lazy(() => import("./rules")),
  },
  {
    path: "/rules/:name",
    title: ["告警规则", "Alert rule"],
    needs: "detection.read",
    page: lazy(() => import("./rule")),
  },
];
