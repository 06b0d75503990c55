/** Whether the phone's layout is shown. */
import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(max-width: 767px)");

function subscribe(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => {
    narrow.removeEventListener("change", listener);
  };
}

export const usePhone = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => narrow.matches,
    () => narrow.matches,
  );
