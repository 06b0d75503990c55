/** Tells a test driving the browser that the page's data is drawn. */
import { useEffect, useLayoutEffect } from "react";
import { useLocation } from "react-router";

/** Taken away at once when the address changes. Called by the shell. */
export function useForgetReady(): void {
  const { pathname } = useLocation();
  useLayoutEffect(() => {
    delete document.documentElement.dataset["ready"];
  }, [pathname]);
}

/** Set `data-ready` to the page's path two animation frames after its data is there. */
export function useReady(ready: boolean): void {
  const { pathname } = useLocation();
  useEffect(() => {
    if (!ready) return undefined;
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        document.documentElement.dataset["ready"] = pathname;
      });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [ready, pathname]);
}
