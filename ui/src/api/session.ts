/** Who is signed in. `undefined` while it is not known yet, `null` when nobody is. */
import { adoptLanguage, chooseLanguage, languageOf } from "@/language";
import { setZone } from "@/language/format";
import { createStore, useStore } from "@/parts/store";
import { chooseTheme } from "@/theme/theme";
import { answered, api, read, whenSignedOut } from "./client";
import { Problem } from "./problem";
import { queryClient } from "./queries";
import type { SessionOut } from "./types";

const store = createStore<SessionOut | null | undefined>(undefined);
const failure = createStore<Problem | null>(null);

export const useSession = (): SessionOut | null | undefined => useStore(store);
export const useSessionFailure = (): Problem | null => useStore(failure);
export const currentSession = (): SessionOut | null | undefined => store.get();

/** Whether the reader's account has the permission anywhere. */
export const useMay = (permission: string): boolean =>
  useSession()?.permissions.includes(permission) ?? false;

/** The account's language and theme win over what this browser remembered. */
function adopt(session: SessionOut): void {
  chooseLanguage(languageOf(session.account.language));
  const { theme } = session.account;
  chooseTheme(theme === "light" || theme === "dark" ? theme : "auto");
  store.set(session);
}

/** What all readers share; it comes first, so that no moment is shown in the browser's zone. */
async function learnHospital(): Promise<void> {
  const { language, time_zone } = await read("/hospital", {});
  setZone(time_zone);
  adoptLanguage(languageOf(language));
}

export async function loadSession(): Promise<void> {
  const [hospital, session] = await Promise.allSettled([learnHospital(), read("/session", {})]);
  try {
    if (hospital.status === "rejected") throw hospital.reason;
    if (session.status === "rejected") throw session.reason;
    adopt(session.value);
    failure.set(null);
  } catch (reason) {
    if (!(reason instanceof Problem)) throw reason;
    if (reason.status === 401 || reason.status === 403) store.set(null);
    else failure.set(reason);
  }
}

export async function signIn(
  user_name: string,
  password: string,
  code?: string,
): Promise<SessionOut> {
  const body = { user_name, password, ...(code ? { code } : {}) };
  const session = await answered(api.POST("/session", { body }));
  queryClient.clear();
  adopt(session);
  return session;
}

/** A wall screen's token in the address becomes a session; the token leaves the address. */
export async function signInByToken(token: string): Promise<void> {
  adopt(await answered(api.POST("/session/wall", { body: { token } })));
}

export async function signOut(): Promise<void> {
  try {
    await answered(api.DELETE("/session"));
  } finally {
    forgetSession();
  }
}

export function forgetSession(): void {
  store.set(null);
  queryClient.clear();
}

whenSignedOut(() => {
  if (store.get()) forgetSession();
});
