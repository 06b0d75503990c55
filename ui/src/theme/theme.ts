/** Which theme is chosen (light, dark, or as the system says) and which one is therefore shown. */
import { createStore, useStore } from "@/parts/store";
import { tokenSheet, type Mode } from "./tokens";

export type Choice = "light" | "dark" | "auto";

const KEY = "wardround.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

const remembered = (): Choice => {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "auto";
};

const resolve = (choice: Choice): Mode =>
  choice === "auto" ? (system.matches ? "dark" : "light") : choice;

const store = createStore<{ choice: Choice; mode: Mode }>({
  choice: remembered(),
  mode: resolve(remembered()),
});

function show(choice: Choice): void {
  const mode = resolve(choice);
  document.documentElement.dataset["theme"] = mode;
  document.documentElement.style.colorScheme = mode;
  store.set({ choice, mode });
}

export function chooseTheme(choice: Choice): void {
  localStorage.setItem(KEY, choice);
  show(choice);
}

/** Put the variables on the page before the first paint. */
export function startTheme(): void {
  const sheet = document.createElement("style");
  sheet.textContent = tokenSheet();
  document.head.append(sheet);
  show(remembered());
  system.addEventListener("change", () => {
    show(store.get().choice);
  });
}

export const useTheme = (): { choice: Choice; mode: Mode } => useStore(store);
