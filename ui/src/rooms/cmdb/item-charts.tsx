/** The panels of the templates that monitor an item. */
import { useSearchParams } from "react-router";
import { useGet } from "@/api/queries";
import type { Target } from "@/api/types";
import { useT } from "@/language";
import { MetricPanel } from "@/parts/chart/panel";
import { readPeriod } from "@/parts/chart/period";
import { PeriodPicker } from "@/parts/chart/period-picker";
import { usePageSamples } from "@/parts/chart/samples";
import { Waiting } from "@/parts/states";

export default function ItemCharts({
  item,
  targets,
}: {
  item: string;
  targets: readonly Target[];
}) {
  const t = useT();
  const [params] = useSearchParams();
  const period = readPeriod(params);
  const templates = useGet("definitions", "/monitor-templates").data?.items;
  const names = new Set(targets.map((target) => target.template));
  const used = templates?.filter((template) => names.has(template.name)) ?? [];
  const intervalOf = (template: string): number =>
    Math.max(
      ...targets.filter((target) => target.template === template).map((each) => each.interval_s),
    );
  const { data: samples, error } = usePageSamples(item, used, period);
  if (!templates) return <Waiting lines={4} />;
  return (
    <section className="stack">
      <div className="chart-bar">
        <h2>{t("item.charts")}</h2>
        <span className="spring" />
        <PeriodPicker />
      </div>
      <div className="charts">
        {used.flatMap((template) =>
          template.panels.map((panel) => (
            <MetricPanel
              key={`${template.name}.${panel.name}`}
              item={item}
              panel={panel}
              template={template}
              interval={intervalOf(template.name)}
              samples={samples}
              error={error}
            />
          )),
        )}
      </div>
    </section>
  );
}
