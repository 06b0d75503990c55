/** Starts the interface: theme and language first, so that the first paint is already right. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startPresence } from "./api/presence";
import { App } from "./app";
import { startLanguage } from "./language";
import { startTheme } from "./theme/theme";
import "./theme/base.css";

/** After an upgrade the parts that an open tab still knows are gone; the new page has new ones. */
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("wardround.reloaded") ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem("wardround.reloaded", String(Date.now()));
  event.preventDefault();
  window.location.reload();
});

startTheme();
startPresence();
await startLanguage();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
