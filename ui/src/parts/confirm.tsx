/** Ask before something that cannot be taken back. */
import { Button, Popconfirm } from "antd";
import type { ReactNode } from "react";
import { useT } from "@/language";

interface Props {
  ask: string;
  onYes: () => void;
  busy?: boolean;
  children: ReactNode;
  small?: boolean;
}

export function Confirmed({ ask, onYes, busy = false, children, small = false }: Props) {
  const t = useT();
  return (
    <Popconfirm
      title={ask}
      okText={t("word.confirm")}
      cancelText={t("word.cancel")}
      onConfirm={onYes}
      styles={{ root: { maxWidth: 380 } }}
    >
      <Button
        danger
        loading={busy}
        {...(small ? { size: "small" as const, type: "text" as const } : {})}
      >
        {children}
      </Button>
    </Popconfirm>
  );
}
