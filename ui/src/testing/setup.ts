/** What jsdom lacks of a browser, and a clean page after each test. */
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { startLanguage } from "@/language";

class NothingSeen implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = "";
  readonly scrollMargin = "";
  readonly thresholds = [];
  disconnect = (): void => undefined;
  observe = (): void => undefined;
  takeRecords = (): IntersectionObserverEntry[] => [];
  unobserve = (): void => undefined;
}

class NoSizes implements ResizeObserver {
  disconnect = (): void => undefined;
  observe = (): void => undefined;
  unobserve = (): void => undefined;
}

/** Wide, unless a test says otherwise through `phone()`. */
vi.stubGlobal("IntersectionObserver", NothingSeen);
vi.stubGlobal("ResizeObserver", NoSizes);
Object.defineProperty(window, "matchMedia", {
  writable: true,
  value: (media: string) => ({
    media,
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
  }),
});
HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
  this.open = true;
};

await startLanguage();

afterEach(() => {
  cleanup();
  localStorage.clear();
});
