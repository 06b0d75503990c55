/**
 * Every page of every room. A room declares its own in `rooms/<room>/pages.tsx`; addresses,
 * navigation, phone tabs, Ctrl-K and titles are all made from what is declared there.
 */
import type { Pair } from "@/language/texts";
import type { GroupName, PageEntry } from "@/parts/page-entry";

/** What navigation offers: a page with its place. */
export type Offered = PageEntry & Required<Pick<PageEntry, "navigation">>;
export type Tab = PageEntry & Required<Pick<PageEntry, "tab">>;

/** The navigation's groups in their order. */
const GROUPS: Record<GroupName, Pair> = {
  boards: ["看板", "Boards"],
  handling: ["处置", "Response"],
  configuration: ["配置", "Configuration"],
  administration: ["管理", "Administration"],
  account: ["账号", "Account"],
  doing: ["动作", "Do"],
};

const declared = import.meta.glob<readonly PageEntry[]>(
  ["../rooms/*/pages.tsx", "./own-pages.tsx"],
  { eager: true, import: "pages" },
);

export const PAGES: readonly PageEntry[] = Object.values(declared).flat();

const isOffered = (entry: PageEntry): entry is Offered => entry.navigation !== undefined;
const isTab = (entry: PageEntry): entry is Tab => entry.tab !== undefined;

/** Whether an account with these permissions may open the page. */
export const allowed = (entry: PageEntry, permissions: readonly string[]): boolean =>
  entry.needs === undefined || permissions.includes(entry.needs);

export interface Group {
  name: GroupName;
  title: Pair;
  pages: readonly Offered[];
}

/** The groups with what these permissions may open; empty groups are left out. */
export function navigation(
  permissions: readonly string[],
  pages: readonly PageEntry[] = PAGES,
): Group[] {
  const offered = pages.filter(isOffered).filter((entry) => allowed(entry, permissions));
  return (Object.keys(GROUPS) as GroupName[])
    .map((name) => ({
      name,
      title: GROUPS[name],
      pages: offered
        .filter((entry) => entry.navigation.group === name)
        .sort((left, right) => left.navigation.place - right.navigation.place),
    }))
    .filter((group) => group.pages.length > 0);
}

/** The phone's tabs from left to right. */
export const tabs = (permissions: readonly string[], pages: readonly PageEntry[] = PAGES): Tab[] =>
  pages
    .filter(isTab)
    .filter((entry) => allowed(entry, permissions))
    .sort((left, right) => left.tab.place - right.tab.place);

/** The first page that these permissions may open: where one lands after signing in. */
export const homeOf = (permissions: readonly string[]): string =>
  navigation(permissions)[0]?.pages[0]?.path ?? "/account";

/** The title that the page of that address declares. */
export const titleOf = (path: string): Pair =>
  PAGES.find((entry) => entry.path === path)?.title ?? [path, path];
