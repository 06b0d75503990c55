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
      store.set(store.get().filter((shown) => shown.id !== id));
    },
    kind === "done" ? 3200 : 7000,
  );
}

export function Toasts() {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {useStore(store).map((shown) => (
        <p key={shown.id} className={`toast toast-${shown.kind}`}>
          <span aria-hidden>{shown.kind === "done" ? "✓" : "!"}</span>
          {shown.text}
        </p>
      ))}
    </div>
  );
}
