/** People, roles, tokens, audit, one's own account. */
export const access = {
  person: {
    userName: ["用户名", "User name"], displayName: ["姓名", "Name"], email: ["邮箱", "E-mail"], phone: ["电话", "Phone"], active: ["启用", "Active"], roles: ["角色", "Roles"],
    lastSeen: ["最近登录", "Last seen"], locked: ["已锁定", "Locked"], lockedUntil: ["锁定至 {{time}}", "Locked until {{time}}"], create: ["新建账号", "New account"], edit: ["编辑账号", "Edit account"],
    unlock: ["解锁", "Unlock"], unlocked: ["已解锁", "Unlocked"], resetPassword: ["重置密码", "Reset password"], oneTime: ["一次性密码（只显示这一次）", "One-time password (shown only once)"],
    resetAsk: ["重置后原密码立即失效。继续？", "The old password stops working at once. Go on?"], empty: ["没有账号", "No accounts"], emptyHint: ["新建账号并授予角色。", "Create an account and give it a role."],
    scope: ["范围", "Scope"], everything: ["全院", "Everything"], someSystems: ["指定系统与机构", "Chosen systems and organisations"], systems: ["业务系统", "Systems"], organisations: ["机构", "Organisations"], addRole: ["添加角色", "Add a role"],
    labelZh: ["中文名", "Chinese label"], labelEn: ["英文名", "English label"], state: ["状态", "State"], disabled: ["已停用", "Disabled"], noRole: ["没有角色", "No role"],
  },
  role: {
    name: ["标识", "Name"], label: ["角色", "Role"], permissions: ["权限", "Permissions"], builtIn: ["内置", "Built in"], create: ["新建角色", "New role"], matrix: ["权限矩阵", "Permission matrix"],
    matrixHint: ["行是权限，列是角色；内置角色不能修改。", "Rows are permissions, columns are roles; built-in roles cannot be changed."], permission: ["权限", "Permission"],
    removeAsk: ["删除角色“{{name}}”？", "Delete the role “{{name}}”?"], changed: ["有未保存的修改", "Unsaved changes"], granted: ["有", "yes"],
  },
  room: {
    access: ["账号与权限", "Accounts and roles"], alerts: ["告警", "Alerts"], audit: ["审计", "Audit"], boards: ["看板", "Boards"], cmdb: ["配置项", "Items"], collect: ["采集", "Collecting"],
    detection: ["检测规则", "Detection"], history: ["历史数据", "History"], kernel: ["平台", "Platform"], notify: ["通知", "Notices"], rounds: ["巡检", "Rounds"], schema: ["定义", "Definitions"],
    tickets: ["工单", "Tickets"], workflow: ["流程", "Workflows"], worktime: ["工时", "Working time"], knowledge: ["知识", "Knowledge"],
  },
  token: {
    name: ["名称", "Name"], expires: ["到期", "Expires"], created: ["创建时间", "Created"], lastUsed: ["最近使用", "Last used"], create: ["新建令牌", "New token"], permissions: ["权限", "Permissions"],
    allMine: ["与我的权限相同", "The same as mine"], once: ["令牌只显示这一次，请立即保存", "The token is shown only once; keep it now"], revoke: ["吊销", "Revoke"], revokeAsk: ["吊销令牌“{{name}}”？使用它的程序会立刻失去访问。", "Revoke “{{name}}”? Programs that use it lose access at once."],
    empty: ["还没有令牌", "No tokens yet"], emptyHint: ["程序和大屏用令牌访问平台。", "Programs and wall screens use tokens."], days: ["{{n}} 天", "{{n}} days"], validFor: ["有效期", "Valid for"], revoked: ["已吊销", "Revoked"],
  },
  account: {
    sessions: ["登录中的设备", "Where I am signed in"], thisOne: ["本机", "this one"], wallSession: ["大屏", "wall screen"], endSession: ["退出", "End"], ended: ["已退出该设备", "Signed out there"],
    removeFactor: ["解除两步验证", "Remove the second factor"], removeFactorAsk: ["仅在本人丢失手机和恢复码时使用。继续？", "Only for somebody who lost phone and recovery codes. Go on?"],
    profile: ["个人资料", "Profile"], password: ["密码", "Password"], secondFactor: ["两步验证", "Second factor"], passwordChanged: ["密码已修改", "Password changed"],
    totpOff: ["未启用。启用后，登录时还要输入验证器应用里的 6 位数字。", "Off. When on, signing in also asks for six digits from an authenticator app."],
    totpOn: ["已启用。", "On."], totpStart: ["启用两步验证", "Turn on"], totpStop: ["停用两步验证", "Turn off"], totpScan: ["用验证器应用扫描二维码，或手工输入密钥：", "Scan the code with an authenticator app, or type the secret:"],
    totpConfirm: ["输入应用显示的 6 位数字", "Enter the six digits the app shows"], recovery: ["恢复码（只显示这一次，每个可代替一次验证码）", "Recovery codes (shown only once; each replaces one code)"], totpDone: ["两步验证已启用", "The second factor is on"], totpStopped: ["两步验证已停用", "The second factor is off"],
    sessionEnds: ["本次登录到 {{time}} 为止；{{n}} 分钟不操作会自动退出。", "This session ends {{time}}; it also ends after {{n}} idle minutes."], language: ["语言", "Language"], theme: ["主题", "Theme"],
  },
  audit: {
    at: ["时间", "When"], actor: ["操作人", "Who"], action: ["操作", "Action"], subject: ["对象", "Subject"], detail: ["内容", "Detail"], sealed: ["已封存", "Sealed"], pending: ["待封存", "Not yet"],
    empty: ["没有审计记录", "No audit records"], emptyHint: ["每个改动都会在这里留下一条无法篡改的记录。", "Every change leaves a record here that cannot be altered unseen."],
  },
} as const;
