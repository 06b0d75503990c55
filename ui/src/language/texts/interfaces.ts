/** Interfaces between systems, and the map of them. */
export const interfaces = {
  interface: {
    list: ["接口清单", "List of interfaces"],
    map: ["接口地图", "Interface map"],
    tab: ["接口", "Interfaces"],
    name: ["接口", "Interface"],
    providers: ["提供方", "Providers"],
    consumers: ["调用方", "Consumers"],
    party: ["任一方", "Either side"],
    provider: ["提供方", "Provider"],
    consumer: ["调用方", "Consumer"],
    incomplete: ["缺提供方或调用方", "Provider or consumer missing"],
    mapHint: [
      "行是提供方，列是调用方，格中是两者之间的接口数；点一格看是哪些接口。",
      "Rows provide, columns consume; a cell counts the interfaces between them. Open one to see which.",
    ],
    found: ["共 {{n}} 个接口", "{{n}} interfaces"],
    wrong: ["{{n}} 个异常", "{{n}} abnormal"],
    unmeasured: ["{{n}} 个未监测", "{{n}} not monitored"],
    noneWrong: ["已监测的都正常", "all that are monitored are well"],
    withoutProvider: ["{{n}} 个没有提供方", "{{n}} without provider"],
    withoutConsumer: ["{{n}} 个没有调用方", "{{n}} without consumer"],
    leftOut: [
      "另有 {{n}} 个未画出，请用筛选缩小范围。",
      "{{n}} more are not drawn: narrow the map by a filter.",
    ],
    between: [
      "{{provider}} 提供给 {{consumer}}：{{n}} 个接口",
      "{{provider}} provides {{n}} interfaces to {{consumer}}",
    ],
    oneSided: ["一方不全的接口", "Interfaces with a side missing"],
    none: ["还没有接口", "No interfaces yet"],
    noneHint: [
      "新建类型为“接口”的配置项，再在它的“关系”页说明谁提供、谁调用。",
      "Make an item of the type “interface”, and say under “Relations” who provides and who consumes it.",
    ],
  },
} as const;
