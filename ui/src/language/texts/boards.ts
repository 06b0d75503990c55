/** Boards and wall screens. */
export const boards = {
  board: {
    meaning: {
      black: ["已超时", "Overdue"], red: ["即将超时", "About to be overdue"], yellow: ["时间过半", "Half the time gone"],
      green: ["刚开始", "Just begun"], grey: ["暂停计时", "Clock paused"], none: ["不计时", "No clock"],
    },
    left: ["剩", "left"], over: ["超", "over"], pausedAt: ["暂停", "paused"], done: ["时限已停", "stopped"],
    asOf: ["数据时间 {{time}}", "As of {{time}}"], open: ["未关闭 {{n}}", "{{n}} open"], mine: ["只看我的", "Mine only"],
    everyone: ["全部", "Everyone"], noneHere: ["无", "None"],
    allQuiet: ["没有未关闭的工单", "No open tickets"], allQuietHint: ["发现异常时，工单会自动出现在这里。", "When something goes wrong, its ticket appears here by itself."],
    allWell: ["所有节点正常", "Every node is in order"], allWellHint: ["有节点异常时会自动列在这里。", "A node in trouble is listed here by itself."],
    noSystems: ["还没有业务系统", "No systems yet"], noSystemsHint: ["导入医院的定义包后，业务系统会显示在这里。", "Import the hospital's pack and its systems appear here."],
    node: ["节点", "Node"], condition: ["状态", "Condition"], alerts: ["告警", "Alerts"], who: ["谁在处理", "Who works on it"],
    nobody: ["无人处理", "Nobody yet"], noAlert: ["没有未恢复的告警", "No open alert"], moreAlerts: ["另有 {{n}} 条", "{{n}} more"],
    classA: ["A 类 · 核心", "Class A · core"], classB: ["B 类 · 重要", "Class B · important"], classC: ["C 类 · 一般", "Class C · ordinary"], classNone: ["未分级", "Unclassified"],
    partsAbnormal: ["{{bad}}/{{all}} 部件异常", "{{bad}}/{{all}} parts abnormal"], partsBad: ["部件异常", "Parts abnormal"], partsFine: ["部件正常", "Parts in order"], parts: ["{{n}} 部件", "{{n}} parts"],
    alertsN: ["告警 {{n}}", "Alerts {{n}}"], ticketsN: ["工单 {{n}}", "Tickets {{n}}"], affects: ["影响", "Affects"],
    staleSince: ["数据停在 {{time}}（{{span}}前），正在重连", "Stale since {{time}} ({{span}} ago), reconnecting"],
    moreCards: ["还有 {{n}} 张", "{{n}} more"], clear: ["清除筛选", "Clear filter"],
    wallNeedsToken: ["此大屏需要访问令牌：请在地址后加上 ?token=…，或先登录。", "This wall screen needs a token: add ?token=… to the address, or sign in first."],
  },
} as const;
