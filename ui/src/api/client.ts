/**
 * Speaks to `/api/v1`. Questions and answers are typed by the generated schema; every refusal is
 * thrown as a `Problem` that a page can show as it is.
 */
import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage, say } from "@/language";
import { learnServerTime } from "@/parts/now";
import { queryText } from "./address";
import { API, type AnswerOf, type Asked, type ReadPath, type Routes } from "./paths";
import { isAway } from "./presence";
import { Problem, problemOf } from "./problem";

const TIMEOUT_MS = 30_000;

export const csrf = (): string => /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

/** Called when the server says the session is over; set by the session store. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}
export function signedOut(): void {
  onSignedOut();
}

const house: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage());
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrf());
    if (isAway()) request.headers.set("X-Wardround-Background", "1");
    return request;
  },
  async onResponse({ response, schemaPath }) {
    learnServerTime(response.headers.get("Date"));
    if (response.ok) return;
    const problem = await problemOf(response);
    if (problem.status === 401 && schemaPath !== "/session") onSignedOut();
    throw problem;
  },
  onError({ error }) {
    // Whoever asked has gone away: nobody is there to be told.
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new Problem(0, { code: "unreachable", detail: say("problem.unreachable") });
  },
};

/** Every request ends after its time, whatever else may end it. */
const limited = (request: Request): Promise<Response> =>
  fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });

export const api = createClient<Routes>({
  baseUrl: window.location.origin + API,
  fetch: limited,
  credentials: "same-origin",
  headers: { Accept: "application/json" },
  querySerializer: queryText,
});
api.use(house);

/** The answer of a call. A refusal was thrown before, so there is one unless it has no content. */
export async function answered<Answer>(
  call: Promise<{ data?: Answer; error?: unknown }>,
): Promise<Answer> {
  const { data } = await call;
  return data as Answer;
}

type Ask = (
  path: ReadPath,
  init: { params: object; signal?: AbortSignal },
) => Promise<{ data?: unknown }>;

/** Read a path. The one place where the answer's type is taken from the path's name. */
export async function read<Path extends ReadPath>(
  path: Path,
  asked: Asked<Path>,
  signal?: AbortSignal,
): Promise<AnswerOf<Path>> {
  const ask = api.GET as Ask;
  const { data } = await ask(path, { params: asked, ...(signal ? { signal } : {}) });
  return data as AnswerOf<Path>;
}
