/** The pages of this room. */
import { lazy } from "react";
import type { PageEntry } from "@/parts/page-entry";

export const pages: readonly PageEntry[] = [
  {
    path: "/definitions",
    title: ["定义", "Definitions"],
    needs: "schema.read",
    icon: "definitions",
    navigation: { group: "configuration", place: 50 },
    page: lazy(() => import("./definitions")),
  },
  {
    path: "/definitions/:kind/:name",
    title: ["定义", "Definition"],
    needs: "schema.read",
    page: lazy(() => import("./definition")),
  },
  {
    path: "/definitions/new",
    title: ["新建定义", "New definition"],
    needs: "schema.edit",
    page: lazy(() => import("./new-definition")),
  },
  {
    path: "/definitions/:kind/:name/edit",
    title: ["编辑定义", "Edit definition"],
    needs: "schema.edit",
    page: lazy(() => import("./definition-editor")),
  },
];
