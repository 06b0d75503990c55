/** A chart draws so many lines that one can tell them apart, and says how many it leaves out. */
import { useState, type ReactNode } from "react";
import { useT } from "@/language";
import type { Line } from "./chart";

/** Of more lines nobody can tell which is which. */
const MOST_LINES = 12;

/** The lines that are drawn, of those that matter most first, and what offers the rest. */
export function useSomeLines(lines: readonly Line[]): [readonly Line[], ReactNode] {
  const t = useT();
  const [all, setAll] = useState(false);
  const rest = lines.length - MOST_LINES;
  if (rest <= 0) return [lines, null];
  return [
    all ? lines : lines.slice(0, MOST_LINES),
    <p key="rest" className="chart-rest">
      {all ? t("chart.allLines", { n: lines.length }) : t("chart.moreLines", { n: rest })}{" "}
      <button
        type="button"
        className="button button-quiet"
        onClick={() => {
          setAll(!all);
        }}
      >
        {t(all ? "chart.drawFewer" : "chart.drawAll")}
      </button>
    </p>,
  ];
}
