/** Starts the interface: theme and language first, so that the first paint is already right. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { startLanguage } from "./language";
import { startTheme } from "./theme/theme";
import "./theme/base.css";

startTheme();
await startLanguage();
const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
