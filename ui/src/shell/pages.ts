/** Every page that navigation and the command palette offer. */
import type { TextKey } from "@/language";
import type { IconName } from "@/parts/icon";

export interface PageEntry {
  path: string;
  label: TextKey;
  icon: IconName;
  /** Hidden from those who hold none of the permissions that begin so. */
  needs?: string;
}

export interface PageGroup {
  label: TextKey;
  pages: readonly PageEntry[];
}

const page = (path: string, name: string, icon: IconName, needs?: string): PageEntry => ({
  path,
  label: `nav.${name}` as TextKey,
  icon,
  ...(needs ? { needs } : {}),
});

export const GROUPS: readonly PageGroup[] = [
  {
    label: "nav.boards",
    pages: [
      page("/boards/information", "information", "information"),
      page("/boards/status", "status", "status"),
      page("/boards/systems", "systems", "systems"),
    ],
  },
  {
    label: "nav.handling",
    pages: [page("/tickets", "tickets", "tickets"), page("/alerts", "alerts", "alerts")],
  },
  {
    label: "nav.configuration",
    pages: [
      page("/items", "items", "items"),
      page("/relations", "relations", "relations"),
      page("/targets", "targets", "targets"),
      page("/rules", "rules", "rules"),
      page("/definitions", "definitions", "definitions"),
    ],
  },
  {
    label: "nav.administration",
    pages: [
      page("/people", "people", "people", "access.read"),
      page("/roles", "roles", "roles", "access.read"),
      page("/collectors", "collectors", "collectors"),
      page("/audit", "audit", "audit", "access.audit"),
    ],
  },
];

/** Reached from the account menu and the palette only. */
export const HIDDEN: readonly PageEntry[] = [
  page("/tickets/new", "newTicket", "newTicket", "tickets.open"),
  page("/tokens", "tokens", "tokens"),
  page("/account", "account", "account"),
];

export const ALL: readonly PageEntry[] = [...GROUPS.flatMap((group) => group.pages), ...HIDDEN];

export const visible = (entry: PageEntry, permissions: readonly string[]): boolean => {
  const { needs } = entry;
  return needs === undefined || permissions.some((held) => held.startsWith(needs));
};
