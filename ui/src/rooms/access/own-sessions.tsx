/** Where session is signed in, and how to end it there. */
import { Button } from "antd";
import { answered, api } from "@/api/client";
import { useGet, useSend } from "@/api/queries";
import { useT } from "@/language";
import { Ago } from "@/parts/time";
import { toast } from "@/parts/toast";

/** The part of a browser's long name that people recognise. */
const browser = (program: string): string =>
  /(Edg|Firefox|Chrome|Safari|curl|python)[/ ]?[\d.]*/i.exec(program)?.[0] ?? program.slice(0, 40);

export function OwnSessions() {
  const t = useT();
  const { data } = useGet("access", "/me/sessions");
  const end = useSend(
    (session_id: string) =>
      answered(api.DELETE("/me/sessions/{session_id}", { params: { path: { session_id } } })),
    ["access"],
  );
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
        {(data?.items ?? []).map((session) => (
          <li key={session.id}>
            <span className="clip" title={session.program} data-code>
              <b>{browser(session.program)}</b> <code>{session.address}</code>{" "}
              {session.wall ? t("account.wallSession") : ""}
              <div className="muted">
                <Ago at={session.last_seen_at} />
              </div>
            </span>
            {session.current ? (
              <span className="muted">{t("account.thisOne")}</span>
            ) : (
              <Button
                size="small"
                onClick={() => {
                  stop(session.id);
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
