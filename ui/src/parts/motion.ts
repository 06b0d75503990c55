/** Whether the reader wants things to be where they are without moving there. */
export const wantsStill = (): boolean =>
  window.matchMedia("(prefers-reduced-motion: reduce)").matches;
