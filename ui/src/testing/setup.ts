/** What jsdom lacks of a browser, and a clean page after each test. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { startLanguage } from "@/language";
import { setZone } from "@/language/format";
import { media } from "./media";

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

window.IntersectionObserver = NothingSeen;
window.ResizeObserver = NoSizes;
window.matchMedia = media.match;
HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
  this.open = true;
};

// Asking for each element whether styles hide it makes a search by role ten times slower.
configure({
  defaultHidden: true,
  asyncUtilTimeout: 5000,
  getElementError: (message) => new Error(message?.split("\n")[0]),
});

await startLanguage();
setZone("Asia/Shanghai"); // the hospital that the tests are set in

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  media.phone(false);
  localStorage.clear();
});
