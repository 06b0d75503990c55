/**
 * The current moment, shared by everything that counts down.
 *
 * The workstation's clock may be wrong, so it is corrected by the server's `Date` header; a
 * difference below two seconds is left alone, because that header has whole seconds.
 */
import { useSyncExternalStore } from "react";

let offset = 0;
let tick = Date.now();
let timer: number | undefined;
const listeners = new Set<() => void>();

export function learnServerTime(header: string | null): void {
  const told = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(told)) return;
  const difference = told - Date.now();
  if (Math.abs(difference - offset) > 2000) offset = Math.abs(difference) > 2000 ? difference : 0;
}

export const now = (): number => Date.now() + offset;

function beat(): void {
  tick = now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(beat, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

function snapshot(): number {
  if (timer === undefined) tick = now();
  return tick;
}

/** Milliseconds since the epoch, renewed each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, snapshot, snapshot);
