/** The shared list, charts and forms. */
export const list = {
  list: {
    filter: ["筛选", "Filter"], search: ["搜索", "Search"], columns: ["列", "Columns"], resetColumns: ["恢复默认列", "Default columns"],
    export: ["导出 XLSX", "Export XLSX"], views: ["视图", "Views"], saveView: ["保存当前视图", "Save this view"], viewName: ["视图名称", "View's name"],
    shareView: ["共享给所有人", "Share with everyone"], noViews: ["还没有保存的视图", "No saved views yet"], clear: ["清除筛选", "Clear filters"],
    empty: ["没有符合条件的记录", "Nothing matches"], emptyHint: ["放宽或清除筛选条件再看。", "Loosen or clear the filters."],
    total: ["共 {{n}} 条", "{{n}} in all"], shown: ["已显示 {{n}} 条", "{{n}} shown"], sort: ["排序", "Sort"], ascending: ["升序", "ascending"], descending: ["降序", "descending"],
    shared: ["共享", "shared"], deleteView: ["删除视图“{{name}}”", "Delete the view “{{name}}”"], end: ["没有更多了", "That is all"],
  },
  chart: {
    range: ["时间范围", "Time range"], m15: ["15 分钟", "15 min"], h1: ["1 小时", "1 h"], h6: ["6 小时", "6 h"], h24: ["24 小时", "24 h"],
    d7: ["7 天", "7 d"], d30: ["30 天", "30 d"], custom: ["自定义", "Custom"], noData: ["此时段没有数据", "No data in this period"],
    from: ["从", "From"], to: ["到", "To"], apply: ["应用", "Apply"], failed: ["曲线读取失败", "The chart could not be read"],
  },
  form: {
    missing: ["请填写{{label}}", "Fill in {{label}}"], badNumber: ["{{label}}应为数字", "{{label}} must be a number"],
    leaveEmptySecret: ["留空则不修改", "Leave empty to keep it"], searchItem: ["输入名称查找", "Type a name to find"],
  },
} as const;
