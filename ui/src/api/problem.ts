/** What a refusal looks like (problem+json), and the error that carries it to a page. */
import { say } from "@/language";
import type { components } from "./schema.gen";

type Refusal = components["schemas"]["RefusalOut"];
type ToldProblem = NonNullable<Refusal["problems"]>[number];
/** `offset`: after how many characters of a text. */
export type FieldProblem = Omit<ToldProblem, "offset"> & Partial<Pick<ToldProblem, "offset">>;
export type ProblemBody = Omit<Refusal, "problems"> & { problems?: FieldProblem[] | null };

/** An answer that is a refusal, or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly FieldProblem[];

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? say("problem.unknown", { status }));
    this.status = status;
    this.code = body.code ?? "unknown";
    const named = body.field ? [{ field: body.field, message: this.message, row: null }] : [];
    this.problems = body.problems?.length ? body.problems : named;
  }

  /** Asking again would be refused again. */
  get final(): boolean {
    return this.status >= 400 && this.status < 500;
  }
}

const isBody = (answer: unknown): answer is Partial<ProblemBody> =>
  typeof answer === "object" && answer !== null;

/** The refusal in a response; one that is no problem+json (a proxy's page) keeps its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  return new Problem(response.status, isBody(body) ? body : {});
}
