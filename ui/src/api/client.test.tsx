/** Questions as they reach the server, and refusals as they reach a page. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, api, read, whenSignedOut } from "./client";
import { Problem } from "./problem";

const asked: Request[] = [];

function serverAnswers(answer: () => Response | Promise<Response>): void {
  asked.length = 0;
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    return Promise.resolve(answer());
  });
}

const refusal = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

const failure = (call: Promise<unknown>): Promise<Problem> =>
  call.then(
    () => {
      throw new Error("it was answered");
    },
    (reason: Problem) => reason,
  );

afterEach(() => {
  vi.unstubAllGlobals();
  whenSignedOut(() => undefined);
});

describe("a question", () => {
  it("fills the blanks of its path and repeats a list's name", async () => {
    serverAnswers(() => Response.json({ items: [] }));
    await read("/items/{item_id}/changes", { path: { item_id: "a/b" } });
    await read("/items", { query: { type: ["host", "disk"], q: "", limit: 5 } });
    expect(asked.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual([
      "/api/v1/items/a%2Fb/changes",
      "/api/v1/items?type=host&type=disk&limit=5",
    ]);
  });

  it("is asked in the reader's language, and shows the CSRF token when it changes something", async () => {
    document.cookie = "csrftoken=abc";
    serverAnswers(() => Response.json({}));
    await read("/layers", {});
    await answered(
      api.POST("/me/views", { body: { page: "items", name: "x", query: "", shared: false } }),
    );
    const heads = asked.map(({ headers }) => headers);
    expect(heads.map((head) => head.get("Accept-Language"))).toEqual(["zh-CN", "zh-CN"]);
    expect(heads.map((head) => head.get("X-CSRFToken"))).toEqual([null, "abc"]);
    expect(await asked[1]?.json()).toMatchObject({ page: "items", name: "x" });
  });

  it("takes an answer without content for done", async () => {
    serverAnswers(() => new Response(null, { status: 204 }));
    await expect(answered(api.DELETE("/session"))).resolves.toBeUndefined();
  });
});

describe("a refusal", () => {
  it("is thrown as a problem with the server's words for each field", async () => {
    const wrong = { field: "attributes.cores", message: "应为整数", row: 3 };
    serverAnswers(() => refusal(422, { code: "bad", detail: "有字段不对", problems: [wrong] }));
    const problem = await failure(read("/items", {}));
    expect(problem).toBeInstanceOf(Problem);
    expect([problem.status, problem.code, problem.message]).toEqual([422, "bad", "有字段不对"]);
    expect(problem.problems).toEqual([wrong]);
    expect(problem.final).toBe(true);
  });

  it("names the field even when the server names only that", async () => {
    serverAnswers(() => refusal(400, { code: "x", detail: "太长", field: "name" }));
    expect((await failure(read("/items", {}))).problems).toEqual([
      { field: "name", message: "太长", row: null },
    ]);
  });

  it("keeps its status when it is not the server's own (a proxy's page)", async () => {
    serverAnswers(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const problem = await failure(read("/items", {}));
    expect([problem.status, problem.message, problem.final]).toEqual([
      502,
      "服务器答复异常（502），请稍后重试",
      false,
    ]);
  });

  it("of a session that is over signs the reader out, but asking who is there does not", async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    serverAnswers(() => refusal(401, { code: "signed_out", detail: "请登录" }));
    await failure(read("/session", {}));
    expect(signedOut).not.toHaveBeenCalled();
    await failure(read("/items", {}));
    expect(signedOut).toHaveBeenCalledOnce();
  });
});

describe("no answer at all", () => {
  it("is a problem that says the server cannot be reached", async () => {
    serverAnswers(() => Promise.reject(new TypeError("Failed to fetch")));
    const problem = await failure(read("/items", {}));
    expect([problem.status, problem.code]).toEqual([0, "unreachable"]);
    expect(problem.message).toContain("连接不上服务器");
  });

  it("is nobody's problem when the reader has gone on", async () => {
    serverAnswers(() => Promise.reject(new DOMException("gone", "AbortError")));
    const reason = await failure(read("/items", {}, new AbortController().signal));
    expect(reason).not.toBeInstanceOf(Problem);
  });
});
