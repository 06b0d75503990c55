/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

const ItemFormPage = lazy(() => import("./item-form"));

export const pages: readonly PageEntry[] = [
  {
    path: "/items",
    title: ["配置项", "Items"],
    needs: "cmdb.read",
    icon: "items",
    navigation: { group: "configuration", place: 10 },
    page: lazy(() => import("./items")),
  },
  {
    path: "/items/new",
    title: ["新建配置项", "New item"],
    needs: "cmdb.write",
    icon: "newTicket",
    navigation: { group: "doing", place: 20 },
    page: ItemFormPage,
  },
  {
    path: "/items/:id",
    title: ["配置项", "Item"],
    needs: "cmdb.read",
    page: lazy(() => import("./item")),
  },
  {
    path: "/items/:id/edit",
    title: ["编辑配置项", "Edit item"],
    needs: "cmdb.write",
    page: ItemFormPage,
  },
  {
    path: "/relations",
    title: ["关系", "Relations"],
    needs: "cmdb.read",
    icon: "relations",
    navigation: { group: "configuration", place: 20 },
    page: lazy(() => import("./relations")),
  },
  {
    path: "/interface-map",
    title: ["接口地图", "Interface map"],
    needs: "cmdb.read",
    icon: "interface",
    navigation: { group: "configuration", place: 25 },
    page: lazy(() => import("./interface-map")),
  },
  {
    path: "/interfaces",
    title: ["接口", "Interfaces"],
    needs: "cmdb.read",
    page: lazy(() => import("./interfaces")),
  },
  {
    path: "/networks",
    title: ["网络与地址", "Networks and addresses"],
    needs: "cmdb.read",
    icon: "relations",
    navigation: { group: "configuration", place: 22 },
    page: lazy(() => import("./networks")),
  },
  {
    path: "/networks/:id",
    title: ["网段", "Network"],
    needs: "cmdb.read",
    page: lazy(() => import("./network")),
  },
  {
    path: "/circuits",
    title: ["网络链路", "Circuits"],
    needs: "cmdb.read",
    icon: "interface",
    navigation: { group: "configuration", place: 23 },
    page: lazy(() => import("./circuits")),
  },
  {
    path: "/data-quality",
    title: ["数据质量", "Data quality"],
    needs: "cmdb.read",
    icon: "check",
    navigation: { group: "configuration", place: 26 },
    page: lazy(() => import("./data-quality")),
  },
  {
    path: "/imports",
    title: ["导入", "Imports"],
    needs: "cmdb.write",
    icon: "imports",
    navigation: { group: "configuration", place: 27 },
    page: lazy(() => import("./imports")),
  },
  {
    path: "/imports/new",
    title: ["导入文件", "Import a file"],
    needs: "cmdb.write",
    icon: "imports",
    navigation: { group: "doing", place: 25 },
    page: lazy(() => import("./import-new")),
  },
  {
    path: "/sources",
    title: ["数据来源", "Sources of items"],
    needs: "cmdb.write",
    icon: "imports",
    navigation: { group: "configuration", place: 28 },
    page: lazy(() => import("./sources")),
  },
  {
    path: "/imports/:id",
    title: ["导入", "Import"],
    needs: "cmdb.write",
    page: lazy(() => import("./import")),
  },
];
