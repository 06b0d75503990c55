/** What has become of an address: a shape, a word and a colour. */
import type { AddressState } from "@/api/types";
import { useT } from "@/language";
import { Glyph, type Shape } from "@/parts/marks";

type Tone = NonNullable<Parameters<typeof Glyph>[0]["tone"]>;

export const ADDRESS_SIGNS: Record<AddressState, { shape: Shape; tone: Tone }> = {
  free: { shape: "ring", tone: "green" },
  used: { shape: "circle", tone: "blue" },
  restricted: { shape: "bars", tone: "grey" },
  gateway: { shape: "diamond", tone: "violet" },
  reserved: { shape: "square", tone: "yellow" },
  edge: { shape: "cross", tone: "grey" },
  inner: { shape: "octagon", tone: "grey" },
  conflict: { shape: "triangle", tone: "red" },
  outside: { shape: "triangle", tone: "yellow" },
};

export function AddressMark({ state }: { state: AddressState }) {
  const t = useT();
  return (
    <span className="address-mark">
      <Glyph {...ADDRESS_SIGNS[state]} /> {t(`addressState.${state}`)}
    </span>
  );
}
