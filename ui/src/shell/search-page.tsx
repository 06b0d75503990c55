/** Everything that was found, by an address that can be sent: `/search?q=&scope=`. */
import { Link, useSearchParams } from "react-router";
import { useT, type TextKey } from "@/language";
import { Icon } from "@/parts/icon";
import { PageFrame } from "@/parts/page";
import { Empty, Failed, Waiting } from "@/parts/states";
import {
  addressOf,
  HitLine,
  listOf,
  pageOf,
  scopeOf,
  SCOPES,
  useFound,
  useMore,
  type Answered,
} from "./found";
import { forget, remember, useRecent } from "./recent";

const MOST = 50;

const titleOf = (text: string): TextKey | undefined => {
  const scope = scopeOf(text);
  return scope && SCOPES[scope];
};

function Scopes({
  known,
  chosen,
  choose,
}: {
  known: readonly string[];
  chosen: string;
  choose: (scope: string) => void;
}) {
  const t = useT();
  return (
    <div className="found-scopes" role="group" aria-label={t("find.scopes")}>
      {["", ...known].map((scope) => (
        <button
          key={scope}
          type="button"
          className="button"
          data-scope={scope}
          aria-pressed={scope === chosen}
          onClick={() => {
            choose(scope);
          }}
        >
          {t(titleOf(scope) ?? "find.all")}
        </button>
      ))}
    </div>
  );
}

function Groups({ answered }: { answered: Answered }) {
  const t = useT();
  const more = useMore();
  return answered.groups.map((group) => {
    const left = more(group);
    const counted = t(group.more ? "find.countMore" : "find.count", { n: group.total });
    return (
      <section key={group.name} className="found-group" data-group={group.name}>
        <header>
          <h2>{group.label}</h2>
          <span className="muted">{group.total > 0 ? counted : t("find.onlyAlike")}</span>
          {group.total > 0 ? (
            <Link to={listOf(group, answered.q)}>
              {left ? `${left} · ` : ""}
              {t("find.inList")}
            </Link>
          ) : null}
        </header>
        <div className="panel">
          {group.items.map((hit) => (
            <Link
              key={hit.id}
              to={addressOf(group, hit)}
              onClick={() => {
                remember(answered.q);
              }}
            >
              <HitLine group={group} hit={hit} />
            </Link>
          ))}
        </div>
      </section>
    );
  });
}

function Beginning() {
  const t = useT();
  const recent = useRecent();
  return (
    <>
      <Empty icon="search" title={t("find.begin")} hint={t("find.beginHint")} />
      {recent.length > 0 ? (
        <section className="found-group">
          <header>
            <h2>{t("find.recent")}</h2>
            <button type="button" className="button button-quiet" onClick={forget}>
              {t("find.forget")}
            </button>
          </header>
          <div className="panel">
            {recent.map((typed) => (
              <Link key={typed} to={pageOf(typed)}>
                <Icon name="search" size={16} />
                <span className="hit-name">{typed}</span>
              </Link>
            ))}
          </div>
        </section>
      ) : null}
    </>
  );
}

function Nothing({ answered }: { answered: Answered }) {
  const t = useT();
  const scope = titleOf(answered.scope);
  const hint = scope ? `${t("find.narrowed", { scope: t(scope) })} ` : "";
  return (
    <Empty
      icon="search"
      title={t("find.nothing", { q: answered.q })}
      hint={`${hint}${t("find.nothingHint")}`}
      action={
        scope ? (
          <Link className="button" to={pageOf(answered.q)}>
            {t("find.everywhere")}
          </Link>
        ) : undefined
      }
    />
  );
}

export default function SearchPage() {
  const t = useT();
  const [address, setAddress] = useSearchParams();
  const typed = address.get("q") ?? "";
  const scope = scopeOf(address.get("scope"));
  const move = (text: string, to: string): void => {
    setAddress({ ...(text ? { q: text } : {}), ...(to ? { scope: to } : {}) }, { replace: true });
  };
  const { data, error, isPending, refetch } = useFound(typed, scope, MOST);
  const asked = typed.trim() !== "";
  return (
    <PageFrame ready={!asked || !isPending}>
      <form
        className="found-top"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          remember(typed);
        }}
      >
        <label>
          <Icon name="search" />
          <input
            autoFocus
            name="q"
            type="search"
            value={typed}
            maxLength={200}
            aria-label={t("find.label")}
            placeholder={t("find.hint")}
            onChange={(event) => {
              move(event.target.value, scope ?? "");
            }}
          />
        </label>
        <Scopes
          known={data?.scopes ?? Object.keys(SCOPES)}
          chosen={data && asked ? data.scope : (scope ?? "")}
          choose={(chosen) => {
            move(typed.replace(/^[@!#:＠！＃：]\s*/, ""), chosen);
          }}
        />
      </form>
      <div aria-live="polite">
        {!asked ? <Beginning /> : null}
        {asked && error ? <Failed problem={error} again={() => void refetch()} /> : null}
        {asked && isPending && !error ? <Waiting /> : null}
        {asked && data && !error ? (
          data.groups.length > 0 ? (
            <Groups answered={data} />
          ) : (
            <Nothing answered={data} />
          )
        ) : null}
      </div>
    </PageFrame>
  );
}
