import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { describe, expect, it } from "vitest";
import { asked } from "./print-labels";
import { codeOf, itemIn } from "./scanned";

const ID = "01a22c5a-f356-72fd-ba4e-0e2f3bbf3a0d";

/** The picture of a code, as a camera gives it. */
function picture(text: string) {
  const dots = encodeQR(text, "raw", { ecc: "medium", border: 4, scale: 4 });
  const size = dots.length;
  const data = new Uint8ClampedArray(size * size * 4);
  dots.flat().forEach((dark, at) => data.fill(dark ? 0 : 255, at * 4, at * 4 + 3));
  return { width: size, height: size, data };
}

describe("codes of labels", () => {
  it("say the page of an item, and are read again", () => {
    const code = codeOf("https://wardround.hospital.example", ID);
    expect(itemIn(decodeQR(picture(code)))).toBe(ID);
  });

  it.each([
    [`http://10.1.2.3:8400/items/${ID.toUpperCase()}?tab=graph`, ID],
    [`https://elsewhere.example/items/${ID}`, ID],
    [`https://wardround.example/tickets/${ID}`, null],
    [`https://wardround.example/items/${ID}0`, null],
    ["SN-0815", null],
    ["javascript:alert(1)", null],
  ])("%s names %s", (text, item) => {
    expect(itemIn(text)).toBe(item);
  });

  it("are asked for by the keys of items, whatever these are", () => {
    expect(asked([{ key: 'a"b' }, { key: "主机" }])).toBe('key in ["a\\"b", "主机"]');
  });
});
