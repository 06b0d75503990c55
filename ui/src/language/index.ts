/**
 * The interface's two languages. Each text is written once as a pair [中文, English], so neither
 * language can lack one; i18next does the choosing, the counting and the filling in.
 */
import i18next from "i18next";
import { createStore, useStore } from "@/parts/store";
import { pairs, type Pair, type Pairs, type TextKey } from "./texts";

export type Language = "zh-CN" | "en";
export type { TextKey };
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const KEY = "wardround.language";
/** Shown until the server has said which language the hospital speaks. */
const FIRST: Language = "zh-CN";

export type Dictionary = { [name: string]: string | Dictionary };

/** One language's dictionary out of the pairs: 0 is Chinese, 1 English. */
export function dictionary(source: Pairs, which: 0 | 1): Dictionary {
  const entries = Object.entries(source).map(([name, value]) => [
    name,
    Array.isArray(value) ? (value[which] as string) : dictionary(value as Pairs, which),
  ]);
  return Object.fromEntries(entries) as Dictionary;
}

export const languageOf = (tag: string): Language => (tag.startsWith("en") ? "en" : "zh-CN");

/** What this browser's reader chose last. */
const remembered = (): Language | null => {
  const chosen = localStorage.getItem(KEY);
  return chosen === null ? null : languageOf(chosen);
};

const store = createStore<{ language: Language; t: Translate }>({
  language: FIRST,
  t: (key) => key,
});

function show(language: Language): void {
  document.documentElement.lang = language;
  const fixed = i18next.getFixedT(language);
  store.set({ language, t: (key, values) => fixed(key, values ?? {}) });
}

export async function startLanguage(): Promise<void> {
  await i18next.init({
    lng: remembered() ?? FIRST,
    fallbackLng: FIRST,
    showSupportNotice: false,
    interpolation: { escapeValue: false },
    resources: {
      "zh-CN": { translation: dictionary(pairs, 0) },
      en: { translation: dictionary(pairs, 1) },
    },
  });
  show(remembered() ?? FIRST);
}

/** The hospital's language, for whoever has not chosen another. */
export function adoptLanguage(language: Language): void {
  show(remembered() ?? language);
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  show(language);
}

export const currentLanguage = (): Language => store.get().language;
export const useLanguage = (): Language => useStore(store).language;
export const useT = (): Translate => useStore(store).t;
/** The reader's half of a pair [中文, English] that stands where it is declared. */
export function usePair(): (pair: Pair) => string {
  const english = useLanguage() === "en";
  return ([zh, en]) => (english ? en : zh);
}
/** Outside of components: errors and toasts. */
export const say: Translate = (key, values) => store.get().t(key, values);
