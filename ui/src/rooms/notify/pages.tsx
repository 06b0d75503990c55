/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/webhooks",
    title: ["Webhook 通知", "Webhooks"],
    needs: "notify.webhooks",
    icon: "webhooks",
    navigation: { group: "administration", place: 35 },
    page: lazy(() => import("./webhooks")),
  },
  {
    path: "/webhook-deliveries",
    title: ["投递记录", "Deliveries"],
    needs: "notify.webhooks",
    page: lazy(() => import("./deliveries")),
  },
  {
    path: "/webhook-deliveries/:id",
    title: ["投递", "Delivery"],
    needs: "notify.webhooks",
    page: lazy(() => import("./delivery")),
  },
];
