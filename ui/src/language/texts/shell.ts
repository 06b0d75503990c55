/** Navigation, header, command palette. */
export const shell = {
  nav: {
    boards: ["看板", "Boards"], handling: ["处置", "Response"], configuration: ["配置", "Configuration"],
    administration: ["管理", "Administration"], more: ["更多", "More"],
    information: ["信息看板", "Information board"], status: ["状态看板", "Status board"], systems: ["业务系统", "Systems"],
    tickets: ["工单", "Tickets"], newTicket: ["新建工单", "New ticket"], alerts: ["告警", "Alerts"], items: ["配置项", "Items"],
    relations: ["关系", "Relations"], targets: ["监控目标", "Targets"], rules: ["告警规则", "Alert rules"],
    definitions: ["定义", "Definitions"], people: ["人员", "People"], roles: ["角色", "Roles"], tokens: ["访问令牌", "API tokens"],
    account: ["我的账号", "My account"], audit: ["审计", "Audit"], collectors: ["采集器", "Collectors"],
  },
  shell: {
    search: ["搜索或跳转", "Search or jump to"], palette: ["命令面板", "Command palette"],
    paletteHint: ["输入页面、配置项或工单…", "Type a page, an item or a ticket…"],
    paletteEmpty: ["没有找到“{{q}}”", "Nothing found for “{{q}}”"], pages: ["页面", "Pages"], recent: ["最近打开", "Recent"],
    language: ["语言", "Language"], theme: ["主题", "Theme"], light: ["浅色", "Light"], dark: ["深色", "Dark"], auto: ["跟随系统", "As the system"],
    signOut: ["退出登录", "Sign out"], account: ["账号", "Account"], mainNav: ["主导航", "Main navigation"], skip: ["跳到正文", "Skip to content"],
    live: ["实时", "Live"], connecting: ["连接中", "Connecting"], stale: ["已断开", "Disconnected"],
    liveHint: ["实时连接正常，数据自动更新", "The live stream is open; data updates by itself"],
    staleHint: ["{{time}} 之后没有收到更新，正在自动重连", "Nothing heard since {{time}}; reconnecting"],
    openWall: ["大屏", "Wall screen"], collapse: ["收起导航", "Collapse"], expand: ["展开导航", "Expand"],
  },
  signIn: {
    title: ["登录", "Sign in"], tagline: ["医院信息系统运维平台", "Hospital IT operations"],
    user: ["用户名", "User name"], password: ["密码", "Password"], code: ["动态验证码", "One-time code"],
    codeHint: ["请输入验证器应用上显示的 6 位数字，或一个恢复码", "Enter the six digits your authenticator app shows, or a recovery code"],
    submit: ["登录", "Sign in"], working: ["正在登录…", "Signing in…"], other: ["换一个账号", "Use another account"],
    changeTitle: ["请先修改密码", "Change your password first"],
    changeHint: ["当前是初始密码。修改后即可继续。", "You are using an initial password. Change it to go on."],
    old: ["当前密码", "Current password"], fresh: ["新密码", "New password"], again: ["再输一次新密码", "New password again"],
    differ: ["两次输入的新密码不一致", "The two new passwords differ"], change: ["修改密码", "Change password"],
  },
} as const;
