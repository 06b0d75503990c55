/** What is done with one configuration item as a whole. */
import { Modal } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { answered, api } from "@/api/client";
import type { Problem } from "@/api/problem";
import { useSend } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Item } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { PrintLabels } from "./print-labels";
import { DeleteItems } from "./delete-items";

/** Of a place, all that stands in it. */
const whatIf = ({ id, roles }: Item): string =>
  `/impact/what-if?${roles.includes("place") ? "within" : "failed"}=${id}`;

export function Actions({ item }: { item: Item }) {
  const t = useT();
  const go = useNavigate();
  const may = useMay("cmdb.write");
  const mayOpen = useMay("tickets.open");
  const mayDelete = useMay("cmdb.delete");
  const [deleting, setDeleting] = useState(false);
  const [modal, holder] = Modal.useModal();
  const retire = useSend(
    () => answered(api.POST("/items/{item_id}/retire", { params: { path: { item_id: item.id } } })),
    ["items", "board"],
  );
  const ask = (): void => {
    void modal.confirm({
      title: t("item.retire"),
      content: t("item.retireAsk", { name: item.name }),
      okButtonProps: { danger: true },
      okText: t("item.retire"),
      onOk: () =>
        retire.mutateAsync(undefined).then(
          () => {
            toast(t("item.retired"));
            void go("/items");
          },
          (problem: Problem) => {
            toast(problem.message, "failed");
          },
        ),
    });
  };
  return (
    <>
      {holder}
      {mayOpen && item.retired_at === null ? (
        <Link className="button" to={`/tickets/new?item=${item.id}`}>
          {t("ticket.newTitle")}
        </Link>
      ) : null}
      {item.retired_at === null ? (
        <Link className="button" data-act="what-if" to={whatIf(item)}>
          {t("whatif.itemLink")}
        </Link>
      ) : null}
      {item.retired_at === null ? (
        <Link className="button" data-act="formula" to={`/items/${item.id}/formula`}>
          {t("formula.open")}
        </Link>
      ) : null}
      {item.roles.includes("network") && item.retired_at === null ? (
        <Link className="button" to={`/networks/${item.id}`}>
          {t("network.toMap")}
        </Link>
      ) : null}
      {item.roles.includes("system") && item.retired_at === null ? (
        <Link className="button" to={`/impact/services/${item.id}/fault-tree`}>
          {t("tree.open")}
        </Link>
      ) : null}
      <PrintLabels items={[item]} />
      {may && item.retired_at === null ? (
        <Link className="button" to={`/items/${item.id}/edit`}>
          {t("word.edit")}
        </Link>
      ) : null}
      {may && item.retired_at === null ? (
        <button type="button" className="button" onClick={ask}>
          {t("item.retire")}
        </button>
      ) : null}
      {mayDelete ? (
        <button
          type="button"
          className="button"
          data-act="delete"
          onClick={() => {
            setDeleting(true);
          }}
        >
          {t("recycle.delete")}
        </button>
      ) : null}
      {deleting ? (
        <DeleteItems
          items={[item]}
          onClose={() => {
            setDeleting(false);
          }}
          onDone={() => void go("/items")}
        />
      ) : null}
    </>
  );
}

/** Back into use, after it was said what comes back and what does not. */
export function Restore({ item, targets }: { item: Item; targets: number }) {
  const t = useT();
  const may = useMay("cmdb.write");
  const [modal, holder] = Modal.useModal();
  const restore = useSend(
    () =>
      answered(
        api.POST("/items/{item_id}/restore", {
          params: { path: { item_id: item.id }, query: { version: item.version } },
        }),
      ),
    ["items", "board", "targets"],
  );
  if (!may) return null;
  const ask = (): void => {
    void modal.confirm({
      title: t("item.restoreAsk", { name: item.name }),
      content: (
        <ul className="restored">
          <li>{t("item.restoreBack")}</li>
          <li>
            {targets > 0 ? t("item.restoreTargets", { n: targets }) : t("item.restoreNoTargets")}
          </li>
          <li>{t("item.restoreState")}</li>
        </ul>
      ),
      okText: t("item.restore"),
      cancelText: t("word.cancel"),
      onOk: () =>
        restore.mutateAsync(undefined).then(
          () => {
            toast(t("item.restored"));
          },
          (problem: Problem) => {
            toast(problem.message, "failed");
          },
        ),
    });
  };
  return (
    <>
      {holder}
      <button type="button" className="button" onClick={ask} data-act="restore">
        {t("item.restore")}
      </button>
    </>
  );
}
