/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/tickets",
    title: ["工单", "Tickets"],
    needs: "tickets.read",
    icon: "tickets",
    navigation: { group: "handling", place: 10 },
    tab: { place: 20, under: "/tickets" },
    page: lazy(() => import("./tickets")),
  },
  {
    path: "/tickets/new",
    title: ["新建工单", "New ticket"],
    needs: "tickets.open",
    icon: "newTicket",
    navigation: { group: "doing", place: 10 },
    page: lazy(() => import("./new-ticket")),
  },
  {
    path: "/tickets/:id",
    title: ["工单", "Ticket"],
    needs: "tickets.read",
    page: lazy(() => import("./ticket")),
  },
];
