/** A name or an address leads to its zone, its system and itself. */
import { Select } from "antd";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useGet } from "@/api/queries";
import type { FoundPlace } from "@/api/types";
import { useT } from "@/language";
import { CONDITIONS, Glyph } from "@/parts/marks";
import { addressOf, zoneKey, zoneName } from "./unified-view";

/** What a system's model shows is looked at there; machines in the topology of their zone. */
function placeOf(found: FoundPlace): string {
  const zone = zoneKey(found.where);
  const byModel = found.system !== null && (!found.in_topology || zone === null);
  return addressOf({ zone, system: byModel ? found.system : null, node: found.id });
}

function Found({ found }: { found: FoundPlace }) {
  const t = useT();
  const systems = found.systems.map(({ name }) => name).join("、");
  return (
    <span className="zone-found">
      <span>
        <Glyph {...CONDITIONS[found.condition]} size="0.85em" /> <b>{found.name}</b>
        {found.by ? ` ${found.by}` : ""}
      </span>
      <small className="soft">
        {[found.type_label, zoneName(t, found.where), systems].filter(Boolean).join(" · ")}
      </small>
    </span>
  );
}

export function UnifiedFind() {
  const t = useT();
  const go = useNavigate();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  useEffect(() => {
    const later = setTimeout(() => {
      setQ(typed.trim());
    }, 200);
    return () => {
      clearTimeout(later);
    };
  }, [typed]);
  const { data, isFetching } = useGet(
    "items",
    "/unified-view/found",
    { query: { q, limit: 12 } },
    { enabled: q !== "" },
  );
  const address = data?.address;
  const inZone = address ? zoneKey(address) : null;
  const options = [
    ...(data?.items ?? []).map((found) => ({
      value: placeOf(found),
      label: <Found found={found} />,
      title: found.name,
    })),
    ...(address && data.items.length === 0
      ? [
          {
            value: addressOf({ zone: inZone }),
            label:
              address.area === "nowhere"
                ? t("unified.addressNowhere", { q })
                : t("unified.addressIn", { q, zone: zoneName(t, address) }),
            title: q,
            disabled: address.area !== "zone",
          },
        ]
      : []),
  ];
  return (
    <Select
      className="zone-find"
      showSearch
      value={null}
      searchValue={typed}
      filterOption={false}
      options={options}
      aria-label={t("unified.find")}
      placeholder={t("unified.find")}
      notFoundContent={q && !isFetching && data ? t("unified.nothingFound") : null}
      onSearch={setTyped}
      onChange={(to: string | null) => {
        if (to === null) return;
        setTyped("");
        void go(to);
      }}
    />
  );
}
