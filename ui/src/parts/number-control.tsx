/** A number with its unit. Where that is small (bytes, bits), 64 GiB may be written, and is shown. */
import { InputNumber, type InputNumberProps } from "antd";
import { amount, isScaled, readAmount } from "@/language/amounts";

type Own = InputNumberProps<string | number>;

export function NumberControl({ unit, ...given }: Own & { unit: string }) {
  const scaled: Own = isScaled(unit)
    ? {
        formatter: (value, { userTyping, input }) =>
          userTyping ? input : value === undefined || value === "" ? "" : amount(+value, unit),
        parser: (text) => readAmount(text ?? "", unit),
        placeholder: unit === "bit/s" ? "1 Gbit/s" : "64 GiB",
      }
    : { suffix: unit || undefined };
  return <InputNumber<string | number> {...given} {...scaled} style={{ width: "100%" }} />;
}
