/** Lines over time, drawn by ECharts with only the parts that are used. */
import { LineChart } from "echarts/charts";
import {
  AxisPointerComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from "echarts/components";
import { connect, init, use as register, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useLanguage } from "@/language";
import { useTheme } from "@/theme/theme";
import { chartOptions } from "./options";
import "./chart.css";
import { between } from "@/parts/names";

register([
  LineChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  AxisPointerComponent,
  CanvasRenderer,
]);

export interface Line {
  name: string;
  points: [number, number | null][];
}

interface Props {
  lines: readonly Line[];
  unit: string | null;
  kind: string;
  /** The period that was asked for, in milliseconds: the axis, whatever of it has data. */
  period: readonly [number, number];
  /** Charts of one group share their cross-hair. */
  group: string;
}

export function Chart({ lines, unit, kind, period, group }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const { mode } = useTheme();
  const language = useLanguage();
  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, null, { renderer: "canvas" });
    chart.current = made;
    made.group = group;
    connect(group);
    const watcher = new ResizeObserver(() => {
      made.resize();
    });
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [group]);
  useEffect(() => {
    chart.current?.setOption(chartOptions(lines, unit, kind, mode, period), { notMerge: true });
  }, [lines, unit, kind, mode, period, language, group]);
  return (
    <div
      className="chart"
      ref={box}
      role="img"
      aria-label={lines.map((line) => line.name).join(between())}
    />
  );
}
