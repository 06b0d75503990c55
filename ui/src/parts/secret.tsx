/** A secret that is shown once, with a button that copies it. */
import { useT } from "@/language";
import { toast } from "./toast";
import "@/rooms/cmdb/item.css";

export function Secret({ text, name }: { text: string; name: string }) {
  const t = useT();
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(() => {
      toast(t("word.copied"));
    });
  };
  return (
    <div className="secret-once" data-secret={name}>
      <code>{text}</code>
      <button type="button" className="button" onClick={copy}>
        {t("word.copy")}
      </button>
    </div>
  );
}
