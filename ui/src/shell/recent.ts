/** What was searched last in this browser; of no account, and nothing of what was found. */
import { createStore, useStore } from "@/parts/store";

const KEY = "wardround.searched";
const MOST = 6;

function kept(): readonly string[] {
  try {
    const found: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found)
      ? found.filter((each) => typeof each === "string").slice(0, MOST)
      : [];
  } catch {
    return [];
  }
}

const recent = createStore<readonly string[]>(kept());

function keep(several: readonly string[]): void {
  recent.set(several);
  try {
    window.localStorage.setItem(KEY, JSON.stringify(several));
  } catch {
    // without storage it is remembered until the page is left
  }
}

export const useRecent = (): readonly string[] => useStore(recent);

export function remember(typed: string): void {
  const text = typed.trim();
  if (text) keep([text, ...recent.get().filter((each) => each !== text)].slice(0, MOST));
}

export function forget(): void {
  keep([]);
}
