/** Alerts and their rules. */
export const alerts = {
  alert: {
    severity: ["级别", "Severity"], summary: ["内容", "Summary"], item: ["配置项", "Item"], rule: ["规则", "Rule"], systems: ["业务系统", "Systems"], value: ["当前值", "Value"],
    state: ["状态", "State"], open: ["未恢复", "Open"], resolved: ["已恢复", "Resolved"], startedAt: ["开始", "Started"], endedAt: ["恢复", "Ended"], lasted: ["持续", "Lasted"],
    labels: ["标签", "Labels"], empty: ["没有告警", "No alerts"], emptyHint: ["一切正常。规则被触发时，告警会出现在这里。", "All is well. When a rule fires, its alert appears here."],
    tickets: ["由此建立的工单", "Tickets opened for it"], lastAt: ["最近一次触发", "Last fired"], noTicket: ["没有对应工单", "No ticket"],
  },
  rule: {
    name: ["名称", "Name"], severity: ["级别", "Severity"], expr: ["条件", "Condition"], recover: ["恢复条件", "Recovers when"], for: ["持续多久触发", "For"],
    keep: ["恢复前保持", "Keeps firing for"], template: ["监控模板", "Template"], enabled: ["启用", "Enabled"], empty: ["没有告警规则", "No alert rules"], emptyHint: ["规则来自定义包中的 alert-rules。", "Rules come from alert-rules in packs."],
  },
} as const;
