/** Taking an address: registered by itself, or written to an item that there is. */
import { Form, Input, Radio, Select } from "antd";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { NetworkDetail } from "@/api/types";
import { useT } from "@/language";
import { FormDialog } from "@/parts/form-dialog";
import { RefSelect } from "@/parts/ref-select";
import { toast } from "@/parts/toast";

interface Entered {
  by: "new" | "item";
  type?: string;
  name?: string;
  item?: string;
  attribute?: string;
}

interface Props {
  network: NetworkDetail;
  /** A given one; the next free one without it. */
  address: string | null;
  onClose: () => void;
}

/** The addresses of the chosen item's type. */
function useAddresses(item: string | undefined) {
  const chosen = useGet(
    "items",
    "/items/{item_id}",
    { path: { item_id: item ?? "" } },
    { enabled: Boolean(item) },
  ).data;
  const types = useGet("definitions", "/item-types").data?.items ?? [];
  const of = types.find(({ name }) => name === chosen?.type);
  const attributes = of?.attributes.filter(({ type }) => type === "address") ?? [];
  return { version: chosen?.version, attributes };
}

function ForItem() {
  const t = useT();
  const { attributes } = useAddresses(Form.useWatch<string | undefined>("item"));
  return (
    <>
      <Form.Item name="item" label={t("network.item")} rules={[{ required: true }]}>
        <RefSelect of="items" />
      </Form.Item>
      <Form.Item name="attribute" label={t("network.takeAttribute")} rules={[{ required: true }]}>
        <Select options={attributes.map(({ name, label }) => ({ value: name, label }))} />
      </Form.Item>
    </>
  );
}

function Chosen({ network }: { network: NetworkDetail }) {
  const t = useT();
  const by = Form.useWatch<Entered["by"] | undefined>("by") ?? "new";
  if (by === "item") return <ForItem />;
  return (
    <>
      {network.takes.length > 1 ? (
        <Form.Item name="type" label={t("network.takeType")}>
          <Select options={network.takes.map(({ name, label }) => ({ value: name, label }))} />
        </Form.Item>
      ) : null}
      <Form.Item name="name" label={t("network.takeName")}>
        <Input />
      </Form.Item>
    </>
  );
}

export function TakeAddress({ network, address, onClose }: Props) {
  const t = useT();
  const save = useSend(
    async ({ by, type, name, item, attribute }: Entered) => {
      const given = address === null ? {} : { address };
      const path = { network_id: network.network.id };
      const found =
        by === "item" && item
          ? await answered(api.GET("/items/{item_id}", { params: { path: { item_id: item } } }))
          : null;
      const whom = found
        ? { item: found.id, version: found.version, attribute: attribute ?? null }
        : { type: type ?? network.takes[0]?.name ?? null, name: name ?? null };
      const taken = await answered(
        api.POST("/networks/{network_id}/addresses", {
          params: { path },
          body: { ...given, ...whom },
        }),
      );
      toast(t("network.taken", { address: taken.address }));
      return taken;
    },
    ["items"],
  );
  return (
    <FormDialog<Entered, unknown>
      title={address === null ? t("network.takeNext") : t("network.take", { address })}
      save={save}
      initial={{ by: "new", ...(network.takes[0] ? { type: network.takes[0].name } : {}) }}
      onClose={onClose}
    >
      <Form.Item name="by" label={t("network.takeFor")}>
        <Radio.Group
          options={[
            { value: "new", label: t("network.takeNew") },
            { value: "item", label: t("network.takeItem") },
          ]}
        />
      </Form.Item>
      <Chosen network={network} />
    </FormDialog>
  );
}
