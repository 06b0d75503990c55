/** Texts of what failures do to a business system. */
export const service = {
  service: {
    down: ["服务中断", "Service down"],
    standby: ["备用运行", "On standby"],
    degraded: ["带病运行", "Degraded"],
    unknown: ["未知", "Unknown"],
    up: ["可用", "Up"],
    downHint: [
      "它需要的部件不足：按配置项关系和冗余推算。",
      "Too little of what it needs is up, by its relations and their redundancy.",
    ],
    standbyHint: ["靠已切换的冷备运行。", "It is up by a cold standby that was switched on."],
    degradedHint: [
      "服务可用，但它依赖的部件中已有故障。",
      "It is up, though something that it rests on has failed.",
    ],
    unknownHint: [
      "没有已知故障，但它的部件都没有监控数据，不能断定可用。",
      "Nothing is known to have failed, and nothing of it is measured: it cannot be called up.",
    ],
    upHint: [
      "它依赖的部件没有已知故障；未监控的部件不在此列。",
      "Nothing that it rests on is known to have failed; what is not measured is not counted.",
    ],
    because: ["因 {{names}}", "Because of {{names}}"],
    more: ["另 {{n}} 项", "{{n}} more"],
    restricted: ["受限配置项（{{layers}}）", "restricted items ({{layers}})"],
    oneMore: ["再坏一个即中断", "One more failure stops it"],
    switch: ["可切换冷备，约 {{n}} 分钟", "A cold standby can be switched on in {{n}} minutes"],
    causes: ["已故障", "Failed"],
    unprotected: ["再坏一个即中断", "One more failure stops it"],
    asOf: ["截至 {{time}}", "As of {{time}}"],
    affected: {
      down: ["受影响中断", "Down by others"],
      standby: ["备用支撑", "On standby"],
      degraded: ["受影响", "Affected"],
    },
  },
} as const;
