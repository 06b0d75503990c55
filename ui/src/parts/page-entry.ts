/** How a room declares a page, and the page that is open now. */
import { createContext, useContext, type ComponentType } from "react";
import { usePair } from "@/language";
import type { Pair } from "@/language/texts";
import type { IconName } from "./icon";

/** The parts of the navigation; `account` is one's own menu, `doing` is offered by Ctrl-K only. */
export type GroupName =
  "boards" | "handling" | "configuration" | "administration" | "account" | "doing";

export interface PageEntry {
  /** Its address, in the router's words: `/items/:id`. */
  path: string;
  /** Its name in the navigation, and its title until its data tells a better one. */
  title: Pair;
  icon?: IconName;
  /** The permission without which it is neither offered nor shown. */
  needs?: string;
  /** Where it is offered: in that group, by rising place. Without it, only links lead there. */
  navigation?: { group: GroupName; place: number };
  /** A tab at the thumb of the phone, alight for every address that begins with `under`. */
  tab?: { place: number; under: string; title?: Pair };
  /**
   * What stands around it: the shell with Ant Design (unless told), the shell alone (`light`), or
   * nothing, for whoever comes, signed in or not (`bare`).
   */
  frame?: "light" | "bare";
  page: ComponentType;
}

export const CurrentPage = createContext<PageEntry | null>(null);

/** The declared title of the open page, in the reader's language. */
export function usePageTitle(): string {
  const pair = usePair();
  const entry = useContext(CurrentPage);
  return entry ? pair(entry.title) : "";
}
