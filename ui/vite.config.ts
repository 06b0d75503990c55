/** The build: one folder of hashed files that the web process serves at `/`. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env["WARDROUND_URL"] ?? "http://127.0.0.1:8600";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: process.env["WARDROUND_UI_OUT"] ?? here("../wardround/web/static"),
    emptyOutDir: true,
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": { target: backend, changeOrigin: false } } },
  test: {
    projects: [
      { extends: true, test: { name: "rules", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "screens",
          include: ["src/**/*.test.tsx"],
          exclude: ["src/**/*.mocked.test.tsx"],
          environment: "jsdom",
          testTimeout: 30_000,
          isolate: false,
          setupFiles: ["src/testing/setup.ts"],
        },
      },
      {
        // Where modules are shared, another file may have loaded what is to be mocked.
        extends: true,
        test: {
          name: "mocked",
          include: ["src/**/*.mocked.test.tsx"],
          environment: "jsdom",
          testTimeout: 30_000,
          setupFiles: ["src/testing/setup.ts"],
        },
      },
    ],
  },
});
