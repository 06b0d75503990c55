/** Speaks to `/api/v1`. Every refusal becomes a `Problem` that a page can show as it is. */
import { currentLanguage, say } from "@/language";
import { learnServerTime } from "@/parts/now";
import { isAway } from "./presence";

export type Scalar = string | number | boolean | null | undefined;
export type Query = Record<string, Scalar | readonly string[]>;

export interface FieldProblem {
  field: string;
  message: string;
  row?: number | null;
}

interface ProblemBody {
  code?: string;
  title?: string;
  detail?: string;
  field?: string | null;
  problems?: FieldProblem[];
}

/** An answer that is a refusal (problem+json), or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly FieldProblem[];

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? say("problem.unknown", { status }));
    this.status = status;
    this.code = body.code ?? "unknown";
    const one = body.field ? [{ field: body.field, message: this.message }] : [];
    this.problems = body.problems?.length ? body.problems : one;
  }
}

export const API = "/api/v1";
const TIMEOUT_MS = 30_000;

export function address(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value as Scalar])
      if (one !== undefined && one !== null && one !== "") parts.append(name, String(one));
  }
  const text = parts.toString();
  return `${API}${path}${text ? `?${text}` : ""}`;
}

function csrf(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return new Problem(response.status, (await response.json()) as ProblemBody);
  } catch {
    return new Problem(response.status, {
      title: say("problem.unknown", { status: response.status }),
    });
  }
}

/** Called when the server says the session is over; set by the session store. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

async function answer(
  method: string,
  url: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Accept-Language": currentLanguage(),
  };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrf();
  if (isAway()) headers["X-Wardround-Background"] = "1";
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(url, {
      method,
      headers,
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new Problem(0, { code: "unreachable", detail: say("problem.unreachable") });
  }
}

export async function call<T>(
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  more: { query?: Query; body?: unknown; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const response = await answer(method, address(path, more.query), more.body, more.signal);
  learnServerTime(response.headers.get("Date"));
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await problemOf(response);
  if (problem.status === 401 && path !== "/session") onSignedOut();
  throw problem;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  call<T>("GET", path, { query: query ?? {}, signal });
export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  call<T>("POST", path, { body });
export const patch = <T>(path: string, body: unknown): Promise<T> =>
  call<T>("PATCH", path, { body });
export const remove = (path: string, body?: unknown): Promise<void> =>
  call("DELETE", path, { body });
