/** All texts of the interface, as pairs [中文, English]. */
import { access } from "./access";
import { alerts } from "./alerts";
import { boards } from "./boards";
import { care } from "./care";
import { edited, recycle } from "./recycle";
import { common } from "./common";
import { definitions } from "./definitions";
import { documents } from "./documents";
import { finding } from "./finding";
import { graph } from "./graph";
import { interfaces } from "./interfaces";
import { faultTree } from "./fault-tree";
import { impact } from "./impact";
import { imports } from "./imports";
import { items } from "./items";
import { labels } from "./labels";
import { list } from "./list";
import { networks } from "./networks";
import { service } from "./service";
import { shell } from "./shell";
import { sources } from "./sources";
import { tickets } from "./tickets";
import { webhooks } from "./webhooks";
import { formula } from "./formula";
import { whatif } from "./whatif";
import { unified } from "./unified";
import { virtual } from "./virtual";

export type Pair = readonly [string, string];
export interface Pairs {
  readonly [name: string]: Pair | Pairs;
}

export const pairs = {
  ...common,
  ...shell,
  ...finding,
  ...boards,
  ...list,
  ...tickets,
  ...items,
  ...care,
  ...recycle,
  ...edited,
  ...documents,
  ...graph,
  ...service,
  ...faultTree,
  ...impact,
  ...formula,
  ...whatif,
  ...unified,
  ...virtual,
  ...interfaces,
  ...networks,
  ...imports,
  ...sources,
  ...definitions,
  ...alerts,
  ...access,
  ...webhooks,
  ...labels,
} satisfies Pairs;

type KeysOf<T, P extends string = ""> = {
  [K in keyof T & string]: T[K] extends Pair ? `${P}${K}` : KeysOf<T[K], `${P}${K}.`>;
}[keyof T & string];

export type TextKey = KeysOf<typeof pairs>;
