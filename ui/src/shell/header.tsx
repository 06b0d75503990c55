/** The bar on top: search, the live stream's health, language, theme, account. */
import { useLive } from "@/api/live";
import { answered, api } from "@/api/client";
import { currentSession, useSession } from "@/api/session";
import { chooseLanguage, useLanguage, useT, type Language } from "@/language";
import { clockTime } from "@/language/format";
import { Icon, type IconName } from "@/parts/icon";
import { usePhone } from "@/parts/phone";
import { chooseTheme, useTheme, type Choice } from "@/theme/theme";
import { AccountMenu } from "./account-menu";

/** Remembered for the account; this browser keeps it anyway, so a failure need not be told. */
const remember = ({ language, theme }: { language?: Language; theme?: Choice }): void => {
  const body = {
    ...(language ? { language: language === "en" ? ("en" as const) : ("zh-hans" as const) } : {}),
    ...(theme ? { theme: theme === "auto" ? ("system" as const) : theme } : {}),
  };
  if (currentSession()) void answered(api.PATCH("/me", { body })).catch(() => undefined);
};

export function LiveMark() {
  const t = useT();
  const { state, heard } = useLive();
  const hint =
    state === "live" ? t("shell.liveHint") : t("shell.staleHint", { time: clockTime(heard) });
  return (
    <span className={`live live-${state}`} title={hint} role="status" data-live={state}>
      <i aria-hidden />
      {t(`shell.${state}`)}
    </span>
  );
}

export function LanguageSwitch() {
  const t = useT();
  const language = useLanguage();
  const other: Language = language === "en" ? "zh-CN" : "en";
  return (
    <button
      type="button"
      className="button button-quiet"
      data-act="language"
      title={t("shell.language")}
      onClick={() => {
        chooseLanguage(other);
        remember({ language: other });
      }}
    >
      <Icon name="language" size={17} />
      {other === "en" ? "EN" : "中文"}
    </button>
  );
}

const NEXT: Record<Choice, Choice> = { light: "dark", dark: "auto", auto: "light" };
const ICONS: Record<Choice, IconName> = { light: "sun", dark: "moon", auto: "auto" };

export function ThemeSwitch() {
  const t = useT();
  const { choice } = useTheme();
  const label = `${t("shell.theme")}: ${t(`shell.${choice}`)}`;
  return (
    <button
      type="button"
      className="button button-quiet button-icon"
      data-act="theme"
      data-choice={choice}
      aria-label={label}
      title={label}
      onClick={() => {
        chooseTheme(NEXT[choice]);
        remember({ theme: NEXT[choice] });
      }}
    >
      <Icon name={ICONS[choice]} size={17} />
    </button>
  );
}

export function Header({ onSearch }: { onSearch: () => void }) {
  const t = useT();
  const phone = usePhone();
  const session = useSession();
  return (
    <header className="shell-head">
      {phone ? <img src="/mark.svg" width={24} height={24} alt={t("word.product")} /> : null}
      <button
        type="button"
        className="search"
        onClick={onSearch}
        title={t("shell.palette")}
        data-act="palette"
      >
        <Icon name="search" size={16} />
        <span>{t("shell.search")}</span>
        {phone ? null : <kbd>Ctrl K</kbd>}
      </button>
      <span className="spring" />
      <LiveMark />
      {phone ? null : <LanguageSwitch />}
      {phone ? null : <ThemeSwitch />}
      {session && !phone ? (
        <AccountMenu name={session.account.display_name || session.account.user_name} />
      ) : null}
    </header>
  );
}
