/**
 * The one token set. CSS variables, Ant Design's theme and the charts are all derived from it,
 * so that light and dark cannot drift apart.
 */
export type Mode = "light" | "dark";

const light = {
  bg: "#f3f5f8",
  surface: "#ffffff",
  sunken: "#eceff4",
  hover: "#f0f4fa",
  line: "#e1e6ed",
  "line-strong": "#c9d1dc",
  ink: "#17202c",
  "ink-2": "#4b5868",
  "ink-3": "#5a6673",
  accent: "#1f5fbf",
  "accent-ink": "#ffffff",
  "accent-wash": "#e6effb",
  black: "#1b2027",
  "black-ink": "#ffffff",
  "black-line": "#1b2027",
  "black-wash": "#e4e7eb",
  red: "#c8271d",
  "red-ink": "#ffffff",
  "red-wash": "#fdeceb",
  yellow: "#8f5b00",
  "yellow-fill": "#e9a400",
  "yellow-wash": "#fdf3d9",
  green: "#14703f",
  "green-fill": "#1d8a50",
  "green-wash": "#e4f4eb",
  grey: "#5f6b79",
  "grey-fill": "#8a95a3",
  "grey-wash": "#eef1f4",
  blue: "#1f5fbf",
  "blue-wash": "#e6effb",
  violet: "#6b3fb5",
  "violet-wash": "#f0eafb",
  shadow: "0 1px 2px rgb(16 24 40 / 6%)",
  "shadow-2": "0 12px 32px rgb(16 24 40 / 18%)",
};

const dark: typeof light = {
  bg: "#0d1218",
  surface: "#151b23",
  sunken: "#10161d",
  hover: "#1c2530",
  line: "#26303c",
  "line-strong": "#3a4757",
  ink: "#e5eaf0",
  "ink-2": "#aab5c2",
  "ink-3": "#8793a1",
  accent: "#69a5f5",
  "accent-ink": "#0b1420",
  "accent-wash": "#172a45",
  black: "#000000",
  "black-ink": "#ffffff",
  "black-line": "#5b6878",
  "black-wash": "#05070a",
  red: "#ff7b70",
  "red-ink": "#25100e",
  "red-wash": "#3a1a1a",
  yellow: "#f0b83d",
  "yellow-fill": "#e0a11b",
  "yellow-wash": "#332811",
  green: "#4fc486",
  "green-fill": "#2f9d63",
  "green-wash": "#12291f",
  grey: "#9aa6b4",
  "grey-fill": "#6c7886",
  "grey-wash": "#1d252e",
  blue: "#69a5f5",
  "blue-wash": "#172a45",
  violet: "#b392f0",
  "violet-wash": "#251c3d",
  shadow: "0 1px 2px rgb(0 0 0 / 40%)",
  "shadow-2": "0 16px 40px rgb(0 0 0 / 60%)",
};

export const tokens: Record<Mode, typeof light> = { light, dark };

/** Lines of a chart, told apart by order as well as by hue. */
export const series: Record<Mode, string[]> = {
  light: ["#1f5fbf", "#c2610c", "#14703f", "#8a3fb0", "#b3261e", "#0f7c8a", "#7a6a00", "#5b6676"],
  dark: ["#69a5f5", "#f0a35e", "#5fcf95", "#c99af0", "#ff8a80", "#5cc9d6", "#d8c54a", "#aab5c2"],
};

export const fonts = {
  sans:
    '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", ' +
    '"Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif',
  mono:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", ' +
    '"Noto Sans Mono CJK SC", monospace',
};

const rule = (selector: string, values: typeof light): string =>
  `${selector}{${Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";")}}`;

/** The style sheet of variables that `base.css` and every room's CSS read. */
export const tokenSheet = (): string =>
  [
    `:root{--sans:${fonts.sans};--mono:${fonts.mono}}`,
    rule(':root,[data-theme="light"]', light),
    rule('[data-theme="dark"]', dark),
  ].join("\n");
