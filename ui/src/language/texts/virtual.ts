/** Virtualisation both ways: a cluster with its hosts, a cloud with what runs in it. */
export const virtual = {
  virtual: {
    tab: ["虚拟化", "Virtualisation"],
    cloudTab: ["云平台", "Cloud"],
    told: [
      "{{hosts}} 台主机，{{machines}} 台虚拟机",
      "{{hosts}} hosts, {{machines}} virtual machines",
    ],
    singleHost: [
      "只有一台主机：主机故障时没有第二台接管它的虚拟机。",
      "It has one host alone: none takes over its virtual machines when that fails.",
    ],
    noSecond: ["没有第二台主机", "No second host"],
    cores: ["vCPU : 核", "vCPU : core"],
    coresTold: ["{{given}} : {{own}}（比例 {{ratio}} : 1）", "{{given}} : {{own}} ({{ratio}} : 1)"],
    memory: ["内存", "Memory"],
    memoryTold: ["已分配 {{given}} / {{own}}", "{{given}} of {{own}} given out"],
    machines: ["虚拟机", "Virtual machines"],
    noMachines: ["没有虚拟机", "No virtual machines"],
    anyHost: ["未说明在哪台主机", "On hosts that nobody told"],
    switches: ["虚拟交换机", "Virtual switches"],
    storage: ["存储", "Storage"],
    beyond: ["另有您看不到的配置项", "And others that you may not see"],
    leftOut: ["另有 {{n}} 项没有画出", "{{n}} more are not drawn"],
    empty: ["还没有主机", "There are no hosts yet"],
    emptyHint: [
      "在“关系”页添加组成它的主机，以及运行在主机上的虚拟机。",
      "Under “Relations”, add the hosts it is made of, and the machines that run on them.",
    ],
    cloudTold: [
      "{{nodes}} 个节点，{{loads}} 个工作负载，{{pods}} 个容器组",
      "{{nodes}} nodes, {{loads}} workloads, {{pods}} pods",
    ],
    crowdedN: [
      "{{n}} 个工作负载的副本都在同一节点",
      "Of {{n}} workloads all replicas are on one node",
    ],
    crowded: ["副本都在同一节点", "All replicas on one node"],
    replicas: ["副本 {{n}} / {{wanted}}", "{{n}} of {{wanted}} replicas"],
    replicasN: ["副本 {{n}}", "{{n}} replicas"],
    nodes: ["节点", "Nodes"],
    podsN: ["{{n}} 个容器组", "{{n}} pods"],
    services: ["服务", "Services"],
    noNamespace: ["不属于命名空间", "In no namespace"],
    noWorkload: ["不属于工作负载", "Of no workload"],
    noNode: ["未说明节点", "Node not told"],
    cloudEmpty: ["还没有节点和工作负载", "There are no nodes and workloads yet"],
    cloudEmptyHint: [
      "在“关系”页添加节点和命名空间，工作负载和容器组填写所在的命名空间。",
      "Under “Relations”, add nodes and namespaces; workloads and pods name their namespace.",
    ],
  },
} as const;
