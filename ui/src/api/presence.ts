/**
 * Whether somebody is at the page. What a page asks while nobody is there (a board that follows its
 * stream, a chart that renews itself) says so, and keeps no idle session alive.
 */
const AWAY_MS = 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

let last = Date.now();
const note = (): void => {
  last = Date.now();
};

/** Follow the signs of a person; called once, at the start. */
export function startPresence(target: Pick<Window, "addEventListener"> = window): void {
  for (const sign of SIGNS) target.addEventListener(sign, note, { passive: true, capture: true });
}

/** No sign of a person for a minute. */
export const isAway = (): boolean => Date.now() - last > AWAY_MS;
