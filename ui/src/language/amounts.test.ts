import { expect, it } from "vitest";
import { amount, readAmount } from "./amounts";

it("tells amounts in the unit that people read, and loses nothing", () => {
  expect(amount(549_755_813_888, "B")).toBe("512 GiB");
  expect(amount(100_000_000_000, "bit/s")).toBe("100 Gbit/s");
  expect(amount(1_554_000, "bit/s")).toBe("1.554 Mbit/s");
  expect(amount(1_234_567_891, "bit/s")).toBe("1234567.891 kbit/s");
  expect(amount(0, "B")).toBe("0 B");
});

it("reads amounts as they are written, and its own", () => {
  expect(readAmount("64G", "B")).toBe(String(64 * 1024 ** 3));
  expect(readAmount("６４ ＧｉＢ", "B")).toBe(String(64 * 1024 ** 3));
  expect(readAmount("1.5 TB", "B")).toBe(String(1.5 * 1024 ** 4));
  expect(readAmount("100 Mbps", "bit/s")).toBe("100000000");
  expect(readAmount("1,024", "B")).toBe("1024");
  for (const value of [0, 1, 1023, 1024, 1_536, 549_755_813_888, 549_755_813_889]) {
    expect(Number(readAmount(amount(value, "B"), "B"))).toBe(value);
    expect(Number(readAmount(amount(value, "bit/s"), "bit/s"))).toBe(value);
  }
});

it("leaves what is no amount to be refused", () => {
  for (const text of ["", "abc", "64 apples", "--1"]) expect(readAmount(text, "B")).toBe(text);
});
