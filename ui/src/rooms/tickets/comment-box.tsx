/** Say something on a ticket; Ctrl+Enter sends. */
import { Button, Input } from "antd";
import { useState } from "react";
import { answered, api } from "@/api/client";
import { useSend } from "@/api/queries";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import { useUnsaved } from "@/parts/unsaved";

export function CommentBox({ id }: { id: string }) {
  const t = useT();
  const [text, setText] = useState("");
  useUnsaved(() => text.trim() !== "");
  const send = useSend(
    (words: string) =>
      answered(
        api.POST("/tickets/{ticket_id}/comments", {
          params: { path: { ticket_id: id } },
          body: { text: words },
        }),
      ),
    ["tickets"],
  );
  const submit = (): void => {
    const words = text.trim();
    if (words === "" || send.isPending) return;
    send.mutate(words, {
      onSuccess: () => {
        setText("");
        toast(t("ticket.commented"));
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  return (
    <div className="comment-box">
      <Input.TextArea
        value={text}
        autoSize={{ minRows: 2, maxRows: 10 }}
        placeholder={t("ticket.commentHint")}
        aria-label={t("ticket.comment")}
        data-act="comment-text"
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={(press) => {
          if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) submit();
        }}
      />
      <Button
        type="primary"
        disabled={text.trim() === ""}
        loading={send.isPending}
        onClick={submit}
        data-act="comment"
      >
        {t("ticket.send")}
      </Button>
    </div>
  );
}
