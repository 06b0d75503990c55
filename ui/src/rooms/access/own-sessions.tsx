/** Where one is signed in, and how to end it there. */
import { Button } from "antd";
import { remove } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import type { OwnSession, Page } from "@/api/types";
import { useT } from "@/language";
import { Ago } from "@/parts/time";
import { toast } from "@/parts/toast";

/** The part of a browser's long name that people recognise. */
const browser = (program: string): string =>
  /(Edg|Firefox|Chrome|Safari|curl|python)[/ ]?[\d.]*/i.exec(program)?.[0] ?? program.slice(0, 40);

export function OwnSessions() {
  const t = useT();
  const { data } = useGet<Page<OwnSession>>("access", "/me/sessions");
  const end = useSend((id: string) => remove(`/me/sessions/${id}`), ["access"]);
  const stop = (id: string): void => {
    end.mutate(id, {
      onSuccess: () => {
        toast(t("account.ended"));
      },
      onError: (problem) => {
        toast(problem.message, "failed");
      },
    });
  };
  return (
    <section className="card">
      <h2>{t("account.sessions")}</h2>
      <ul className="sessions">
        {(data?.items ?? []).map((one) => (
          <li key={one.id}>
            <span className="clip" title={one.program}>
              <b>{browser(one.program)}</b> <code>{one.address}</code>{" "}
              {one.wall ? t("account.wallSession") : ""}
              <div className="muted">
                <Ago at={one.last_seen_at} />
              </div>
            </span>
            {one.current ? (
              <span className="muted">{t("account.thisOne")}</span>
            ) : (
              <Button
                size="small"
                onClick={() => {
                  stop(one.id);
                }}
              >
                {t("account.endSession")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
