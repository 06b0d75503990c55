/** Tickets. */
export const tickets = {
  ticket: {
    number: ["编号", "Number"], title: ["标题", "Title"], type: ["类型", "Type"], state: ["状态", "State"], colour: ["时限", "Clock"],
    due: ["到期", "Due"], remaining: ["剩余", "Remaining"], level: ["级别", "Level"], impact: ["影响度", "Impact"], urgency: ["紧急度", "Urgency"],
    assignee: ["处理人", "Assignee"], item: ["配置项", "Item"], systems: ["业务系统", "Systems"], openedAt: ["建单时间", "Opened"],
    resolvedAt: ["解决时间", "Resolved"], closedAt: ["关闭时间", "Closed"], updatedAt: ["更新时间", "Updated"], description: ["描述", "Description"],
    alert: ["告警", "Alert"], open: ["未关闭", "Open"], closed: ["已关闭", "Closed"], timeline: ["时间线", "Timeline"], clocks: ["SLA 时钟", "SLA clocks"],
    details: ["详情", "Details"], comment: ["写评论", "Comment"], commentHint: ["写下判断、进展或交接事项…", "Write what you think, did or hand over…"],
    send: ["发送", "Send"], assign: ["分派", "Assign"], take: ["我来处理", "Take it"], assigned: ["已分派给 {{name}}", "Assigned to {{name}}"],
    taken: ["已由你处理", "It is yours now"], moved: ["已转为“{{state}}”", "Now “{{state}}”"], commented: ["评论已发送", "Comment sent"],
    transitionNote: ["说明", "Note"], nothingToDo: ["当前状态没有可执行的操作", "Nothing can be done in this state"],
    stale: ["工单刚被别人改过，已为你刷新，请再看一眼后操作", "Somebody changed the ticket meanwhile; it has been refreshed. Look again, then act."],
    targetOf: ["目标 {{span}}", "Target {{span}}"], met: ["达标", "Met"], missed: ["超时", "Missed"], running: ["计时中", "Running"], pausedBecause: ["暂停：{{reason}}", "Paused: {{reason}}"],
    dueAt: ["{{time}} 到期", "Due {{time}}"], saveFields: ["保存字段", "Save fields"], noFields: ["此类型没有附加字段", "This type has no further fields"],
    newTitle: ["新建工单", "New ticket"], submit: ["提交工单", "Submit"], created: ["已建单 {{number}}", "Opened {{number}}"],
    empty: ["还没有工单", "No tickets yet"], emptyHint: ["告警会自动建单，也可以手工新建。", "Alerts open tickets by themselves; you can open one too."],
    assigneeMe: ["我处理的", "Mine"], assigneeNone: ["待分派", "Unassigned"], anyone: ["任何人", "Anyone"],
    opened: ["建单", "Opened"], stateChanged: ["状态变更", "State"], fieldChanged: ["字段变更", "Field"], clockSaid: ["时钟", "Clock"], alertSaid: ["告警", "Alert"],
    commentOf: ["评论", "Comment"], assignedTo: ["分派", "Assignment"], latest: ["最新在上", "Newest first"], actions: ["操作", "Actions"], noClocks: ["没有时限", "No clocks"],
    high: ["高", "High"], medium: ["中", "Medium"], low: ["低", "Low"], choosePerson: ["选择处理人", "Choose a person"],
  },
} as const;
