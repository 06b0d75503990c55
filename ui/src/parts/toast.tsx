/** A short word after an action, without a component library. */
import { createStore, useStore } from "./store";
import "./toast.css";

interface Toast {
  id: number;
  text: string;
  kind: "done" | "failed";
}

const store = createStore<readonly Toast[]>([]);
let last = 0;

export function toast(text: string, kind: Toast["kind"] = "done"): void {
  last += 1;
  const id = last;
  store.set([...store.get(), { id, text, kind }]);
  window.setTimeout(
    () => {
      store.set(store.get().filter((one) => one.id !== id));
    },
    kind === "done" ? 3200 : 7000,
  );
}

export function Toasts() {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {useStore(store).map((one) => (
        <p key={one.id} className={`toast toast-${one.kind}`}>
          <span aria-hidden>{one.kind === "done" ? "✓" : "!"}</span>
          {one.text}
        </p>
      ))}
    </div>
  );
}
