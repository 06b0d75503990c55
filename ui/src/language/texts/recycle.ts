/** Deleting, and the recycle bin. */
export const edited = {
  itemEdited: {
    followed: [
      "填写期间他人修改了：{{fields}}。表单已更新为现在的值。",
      "Meanwhile somebody changed: {{fields}}. The form shows what they are now.",
    ],
    stale: [
      "他人刚修改过该配置项。您填写的内容还在；与现在不同的字段已注明，核对后再保存。",
      "Somebody just changed this item. What you typed is still here; where it is something else now, that stands below. Look again, then save.",
    ],
  },
} as const;

export const recycle = {
  recycleReach: {
    byCondition: [
      "您的权限按条件授予；条件只对仍在的配置项成立，所以这里不显示按条件可见、已被删除的配置项。要恢复请联系可见全部配置项的管理员。",
      "Your role is given by a condition, which is true of items that are there alone: deleted ones that it was true of are not shown here. Ask an administrator who sees all items to restore one.",
    ],
  },
  merge: {
    open: ["合并", "Merge"],
    title: ["合并 {{n}} 个配置项", "Merge {{n}} items"],
    hint: [
      "关系、工单、告警、监控对象和引用转到保留的配置项，其余的进入回收站，其网址指向保留的配置项。合并后可从回收站恢复被合并的配置项，但已转移的内容留在保留的配置项上。",
      "Relations, tickets, alerts, targets and whatever names them are carried to the one that stays; the others go to the recycle bin, and their addresses lead to it. They can be restored from there, but what was carried stays where it is.",
    ],
    stays: ["保留", "Stays"],
    carried: ["转移：", "Carried over:"],
    do: ["合并", "Merge"],
    was: ["合并", "Merged"],
    done: ["已合并，{{n}} 个移到回收站", "Merged; {{n}} moved to the recycle bin"],
  },
  recycle: {
    title: ["回收站", "Recycle bin"],
    delete: ["删除", "Delete"],
    wasDeleted: ["删除", "Deleted"],
    deleteAsk: ["删除 {{n}} 个配置项", "Delete {{n}} items"],
    deleteHint: [
      "删除的配置项进入回收站，不再出现在列表、搜索、统计和拓扑中，期限内可以恢复。停用的设备请改用“停用”。",
      "What is deleted goes to the recycle bin: it is in no list, search, count or graph, and can be restored in time. Of what is taken out of service say “Retire” instead.",
    ],
    effects: ["将会失去", "What goes with it"],
    noEffects: ["没有其他内容受影响。", "Nothing else is touched."],
    more: ["{{n}} 个没有受影响的内容", "{{n}} with nothing that goes with them"],
    deleted: ["已将 {{n}} 个配置项移到回收站", "Moved {{n}} items to the recycle bin"],
    toBin: ["打开回收站", "Open the recycle bin"],
    deletedAt: ["删除时间", "Deleted at"],
    by: ["删除人", "Deleted by"],
    reason: ["原因", "Reason"],
    ticket: ["工单号", "Ticket"],
    until: ["彻底删除时间", "Removed for good"],
    relations: ["关系数", "Relations"],
    mergedInto: ["已合并到", "Merged into"],
    restore: ["恢复", "Restore"],
    restoreAsk: ["恢复 {{n}} 个配置项", "Restore {{n}} items"],
    restoreHint: [
      "配置项连同关系一起恢复；监控对象恢复后是暂停的。",
      "Items come back with their relations; their targets come back paused.",
    ],
    back: ["可以恢复，关系 {{n}} 条", "Comes back, with {{n}} relations"],
    refused: ["不能恢复", "Does not come back"],
    restored: ["已恢复 {{n}} 个，{{left}} 个没有恢复", "{{n}} restored, {{left}} not"],
    purge: ["彻底删除", "Remove for good"],
    purgeAsk: [
      "彻底删除 {{n}} 个配置项？不能再恢复，审计、工单和变更记录仍保留其名称。",
      "Remove {{n}} items for good? They cannot be restored. Audit, tickets and history go on saying their names.",
    ],
    purged: ["已彻底删除 {{n}} 个", "{{n}} removed for good"],
    empty: ["回收站是空的", "The recycle bin is empty"],
    emptyHint: [
      "删除的配置项会在这里保留一段时间，可以恢复。",
      "Deleted items lie here for a while and can be restored.",
    ],
  },
} as const;
