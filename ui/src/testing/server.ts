/** The server as the browser sees it: answers by method and path, and what was asked of it. */
import { vi } from "vitest";

type Answer = object | ((asked: Asked) => object | Response);

export interface Asked {
  method: string;
  /** Below `/api/v1`. */
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export class Server {
  readonly asked: Asked[] = [];

  constructor(private readonly answers: Record<string, Answer>) {
    vi.stubGlobal("fetch", (request: Request) => this.answer(request));
  }

  /** The questions to a path, the oldest first. */
  to(path: string): Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: pathname.replace("/api/v1", ""),
      query: searchParams,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    this.asked.push(asked);
    const answer = this.answers[`${asked.method} ${asked.path}`];
    if (answer === undefined) return refused(404, "没有这个地址");
    const said = typeof answer === "function" ? (answer as (a: Asked) => object)(asked) : answer;
    return said instanceof Response ? said : Response.json(said);
  }
}

export function refused(status: number, detail: string, problems: object[] = []): Response {
  const body = JSON.stringify({ status, code: "refused", title: detail, detail, problems });
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json" } });
}

export const page = (...items: object[]) => ({ items, next: null, total: items.length });
