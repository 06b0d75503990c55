/** A question to the reader's screen or system, whose answer may change while the page stands. */
import { useSyncExternalStore } from "react";

/** A hook that answers whether the media query holds. */
export function matching(query: string): () => boolean {
  const media = window.matchMedia(query);
  const subscribe = (listener: () => void): (() => void) => {
    media.addEventListener("change", listener);
    return () => {
      media.removeEventListener("change", listener);
    };
  };
  const now = (): boolean => media.matches;
  return () => useSyncExternalStore(subscribe, now, now);
}
