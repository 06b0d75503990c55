/** Items, relations, targets, definitions. */
export const items = {
  item: {
    key: ["标识", "Key"], name: ["名称", "Name"], type: ["类型", "Type"], layer: ["层", "Layer"], importance: ["等级", "Class"],
    condition: ["状态", "Condition"], since: ["持续", "Since"], owner: ["负责人", "Owner"], vendor: ["厂商", "Vendor"], systems: ["所属业务系统", "Systems"],
    updated: ["更新时间", "Updated"], overview: ["概览", "Overview"], charts: ["曲线", "Charts"], processes: ["进程与服务", "Processes and services"], tables: ["明细表", "Tables"],
    alerts: ["告警", "Alerts"], tickets: ["工单", "Tickets"], relations: ["关系", "Relations"], changes: ["变更记录", "Changes"], attributes: ["属性", "Attributes"],
    empty: ["还没有配置项", "No items yet"], emptyHint: ["新建一个，或导入定义包。", "Create one, or import a pack."], create: ["新建配置项", "New item"],
    edit: ["编辑配置项", "Edit item"], retire: ["停用", "Retire"], retireAsk: ["停用后不再监控，也不再出现在列表里。确定停用“{{name}}”？", "A retired item is no longer monitored nor listed. Retire “{{name}}”?"],
    retired: ["已停用", "Retired"], noChanges: ["没有变更记录", "No changes"], noRelations: ["没有关系", "No relations"], noTables: ["采集到进程或服务后显示在这里", "Processes and services appear here once collected"],
    noTargets: ["没有监控目标，所以没有曲线", "No target monitors it, so there are no charts"], addTarget: ["添加监控目标", "Add a target"],
    openAlerts: ["未恢复告警", "Open alerts"], openTickets: ["未关闭工单", "Open tickets"], targets: ["监控目标", "Targets"], noAttributes: ["没有填写属性", "No attributes"],
    field: ["字段", "Field"], before: ["原值", "Before"], after: ["新值", "After"], when: ["时间", "When"], who: ["操作人", "Who"],
    rows: ["{{n}} 行", "{{n}} rows"], filterRows: ["筛选行", "Filter rows"], at: ["采集于 {{time}}", "Collected {{time}}"],
    parts: ["组成部件", "Parts"], asSource: ["去向", "Outgoing"], asTarget: ["来向", "Incoming"], lastValue: ["最新值", "Latest"],
  },
  relation: {
    kind: ["关系", "Kind"], source: ["源", "Source"], target: ["目标", "Target"], group: ["组", "Group"], need: ["最少需要", "Needed"],
    standby: ["备份方式", "Standby"], hot: ["热备", "Hot"], cold: ["冷备", "Cold"], switchMinutes: ["切换（分钟）", "Switch (min)"],
    create: ["新建关系", "New relation"], empty: ["还没有关系", "No relations yet"], emptyHint: ["关系说明谁用谁、谁备份谁；故障影响由它算出。", "Relations say who uses and who backs up whom; impact is computed from them."],
    removeAsk: ["删除这条关系？", "Delete this relation?"], item: ["配置项", "Item"],
  },
  target: {
    name: ["名称", "Name"], item: ["配置项", "Item"], template: ["监控模板", "Template"], driver: ["采集方式", "Driver"], address: ["地址", "Address"],
    interval: ["间隔（秒）", "Interval (s)"], timeout: ["超时（秒）", "Timeout (s)"], state: ["状态", "State"], enabled: ["启用采集", "Collect"], reason: ["原因", "Reason"],
    lastAt: ["上次采集", "Last collected"], lastSeconds: ["耗时", "Took"], lastSamples: ["样本数", "Samples"], collector: ["采集器", "Collector"],
    create: ["新建监控目标", "New target"], checkNow: ["立即检查", "Check now"], checked: ["检查成功：{{samples}} 个样本，用时 {{took}}", "It answers: {{samples}} samples in {{took}}"],
    checkFailed: ["检查失败：{{reason}}", "It does not answer: {{reason}}"], empty: ["还没有监控目标", "No targets yet"], emptyHint: ["添加一个目标，平台就开始采集它。", "Add a target and the platform starts to collect it."],
    removeAsk: ["删除监控目标“{{name}}”？历史数据会保留。", "Delete the target “{{name}}”? Its history is kept."], metrics: ["采集的指标", "Metrics collected"],
    templateHint: ["模板决定采集哪些指标、画哪些曲线。", "The template says which metrics are collected and charted."],
  },
  collector: {
    host: ["主机", "Host"], pid: ["进程号", "Process"], startedAt: ["启动时间", "Started"], lastAt: ["最近报到", "Last seen"], targets: ["目标数", "Targets"],
    rate: ["样本/秒", "Samples/s"], spool: ["暂存", "Spooled"], empty: ["没有采集器在运行", "No collector is running"], emptyHint: ["用 wardround collect 启动一个。", "Start one with wardround collect."],
  },
  definition: {
    packs: ["定义包", "Packs"], kind: ["种类", "Kind"], name: ["名称", "Name"], label: ["显示名", "Label"], version: ["版本", "Version"], pack: ["定义包", "Pack"],
    text: ["YAML 原文", "YAML text"], empty: ["没有定义", "No definitions"], emptyHint: ["用 wardround pack import 导入定义包。", "Import a pack with wardround pack import."],
    contains: ["{{n}} 个定义", "{{n}} definitions"],
  },
} as const;
