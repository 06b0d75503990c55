/**
 * The one live stream of this tab. A `changed` message makes the answers of its topic stale;
 * messages within 200 ms become one fetch, and a second passes before the next. After a gap
 * everything is fetched again, because nobody can tell what was missed.
 */
import { now } from "@/parts/now";
import { createStore, useStore } from "@/parts/store";
import { address } from "./address";
import { queryClient, type Topic } from "./queries";

export type LiveState = "connecting" | "live" | "stale";
export interface Live {
  state: LiveState;
  /** When the stream last said anything, in milliseconds of the corrected clock. */
  heard: number;
}

const SILENCE_MS = 25_000;
const COALESCE_MS = 200;
/** Where changes come without end, a page asks so often and no oftener. */
const GAP_MS = 1000;
const TOPICS = "tickets,alerts,items,targets,board,imports,webhooks,recycle-bin,scenarios";
/** A board is drawn from several rooms, so it is stale when any of them changed. */
const ALSO: Record<string, readonly Topic[]> = {
  tickets: ["board"],
  alerts: ["board"],
  items: ["board"],
};

const store = createStore<Live>({ state: "connecting", heard: now() });
export const useLive = (): Live => useStore(store);

let source: EventSource | undefined;
let attempts = 0;
let everOpen = false;
let retry: number | undefined;
let flush: number | undefined;
let fetched = 0;
let watchdog: number | undefined;
const pending = new Set<string>();

function heard(): void {
  attempts = 0;
  store.set({ state: "live", heard: now() });
}

function refetchPending(): void {
  flush = undefined;
  fetched = Date.now();
  if (pending.has("*")) void queryClient.invalidateQueries();
  const topics = new Set([...pending].flatMap((topic) => [topic, ...(ALSO[topic] ?? [])]));
  pending.clear();
  for (const topic of topics) void queryClient.invalidateQueries({ queryKey: [topic] });
}

function changed(message: MessageEvent<string>): void {
  heard();
  const { topic } = JSON.parse(message.data) as { topic: string };
  pending.add(topic);
  flush ??= window.setTimeout(refetchPending, Math.max(COALESCE_MS, fetched + GAP_MS - Date.now()));
}

/** Full jitter, so that a hundred wall screens do not come back in the same instant. */
const pause = (attempt: number): number =>
  Math.random() * Math.min(30_000, 1000 * 2 ** attempt) + 300;

function lost(): void {
  source?.close();
  source = undefined;
  if (retry !== undefined) return;
  retry = window.setTimeout(open, pause(attempts));
  attempts += 1;
  // The stream cannot say why it was refused; an ordinary question finds out that a session ended.
  if (attempts === 3) void queryClient.invalidateQueries();
}

/** The right to the stream has gone: an ordinary question finds out what is left of it. */
function ended(): void {
  void queryClient.invalidateQueries();
  lost();
}

function open(): void {
  retry = undefined;
  source?.close();
  source = new EventSource(address("/stream", { topics: TOPICS }));
  source.addEventListener("open", () => {
    heard();
    if (everOpen) void queryClient.invalidateQueries();
    everOpen = true;
  });
  source.addEventListener("changed", changed);
  source.addEventListener("heartbeat", heard);
  source.addEventListener("ended", ended);
  source.addEventListener("error", lost);
}

function watch(): void {
  const { heard: last, state } = store.get();
  if (now() - last < SILENCE_MS) return;
  if (state !== "stale") store.set({ state: "stale", heard: last });
  if (source && retry === undefined) lost();
}

function wake(): void {
  if (document.visibilityState !== "visible" || store.get().state === "live") return;
  window.clearTimeout(retry);
  open();
}

/** Open the stream; the answer closes it. */
export function startLive(): () => void {
  store.set({ state: "connecting", heard: now() });
  everOpen = false;
  attempts = fetched = 0;
  open();
  watchdog = window.setInterval(watch, 1000);
  document.addEventListener("visibilitychange", wake);
  return () => {
    window.clearInterval(watchdog);
    window.clearTimeout(retry);
    window.clearTimeout(flush);
    retry = flush = undefined;
    pending.clear();
    source?.close();
    source = undefined;
    document.removeEventListener("visibilitychange", wake);
  };
}
