/** Words that every room uses. */
export const common = {
  word: {
    save: ["保存", "Save"], cancel: ["取消", "Cancel"], close: ["关闭", "Close"], remove: ["删除", "Delete"],
    edit: ["编辑", "Edit"], back: ["返回", "Back"], retry: ["重试", "Try again"], yes: ["是", "Yes"], no: ["否", "No"],
    more: ["更多", "More"], loadMore: ["加载更多", "Load more"], loading: ["正在加载…", "Loading…"], none: ["无", "None"],
    all: ["全部", "All"], name: ["名称", "Name"], since: ["自", "since"], saved: ["已保存", "Saved"], removed: ["已删除", "Deleted"],
    copied: ["已复制", "Copied"], copy: ["复制", "Copy"], create: ["新建", "New"], importance: ["重要性等级", "Class of importance"],
    required: ["必填", "Required"], optional: ["选填", "Optional"], confirm: ["确定", "OK"], unassigned: ["待分派", "Unassigned"],
    system: ["系统", "System"], me: ["我", "Me"], never: ["从未", "Never"], now: ["刚刚", "just now"], ago: ["{{span}}前", "{{span}} ago"],
    choose: ["请选择", "Choose"], reason: ["原因", "Reason"], product: ["查房", "Wardround"],
    amongOthers: ["{{names}} 等 {{n}} 个", "{{names}} and others, {{n}} in all"],
  },
  span: {
    days: ["{{d}}天{{h}}时", "{{d}}d {{h}}h"], hours: ["{{h}}时{{m}}分", "{{h}}h {{m}}m"],
    minutes: ["{{m}}分{{s}}秒", "{{m}}m {{s}}s"], seconds: ["{{s}}秒", "{{s}}s"],
  },
  problem: {
    unknown: ["服务器答复异常（{{status}}），请稍后重试", "The server answered with an error ({{status}}). Try again shortly."],
    unreachable: ["连接不上服务器，请检查网络后重试", "The server cannot be reached. Check the network and try again."],
    title: ["没能读取数据", "The data could not be read"],
    notFound: ["找不到此页面", "There is no such page"],
    notFoundHint: ["地址可能写错，或者内容已被移走。", "The address may be mistyped, or the content has moved."],
    broken: ["页面出错", "This page broke"],
    brokenHint: ["请重新加载；如反复出现，请把时间告诉平台管理员。", "Reload the page; if it happens again, tell the platform's administrator the time."],
    reload: ["重新加载", "Reload"],
  },
  colour: {
    black: ["黑单", "Black"], red: ["红单", "Red"], yellow: ["黄单", "Yellow"], green: ["绿单", "Green"],
    grey: ["灰单", "Grey"], none: ["无时限", "No clock"],
  },
  condition: {
    ok: ["正常", "OK"], warning: ["预警", "Warning"], critical: ["严重", "Critical"], down: ["中断", "Down"],
    unknown: ["未知", "Unknown"], maintenance: ["维护中", "Maintenance"],
  },
  severity: {
    info: ["提示", "Info"], warning: ["预警", "Warning"], critical: ["严重", "Critical"], disaster: ["灾难", "Disaster"],
  },
  targetState: {
    up: ["可达", "Up"], down: ["无应答", "Down"], unknown: ["未知", "Unknown"], paused: ["已停采", "Paused"],
  },
  category: {
    new: ["新建", "New"], working: ["处理中", "In work"], waiting: ["等待中", "Waiting"], resolved: ["已解决", "Resolved"],
    closed: ["已关闭", "Closed"],
  },
} as const;
