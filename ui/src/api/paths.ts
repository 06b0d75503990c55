/**
 * The API's routes as the generated schema describes them, below `/api/v1`: what can be asked, with
 * which parameters, and what is answered. Nothing here is written by hand beside the server's words.
 */
import type { paths } from "./schema.gen";

export const API = "/api/v1";

/** The routes by their path below `/api/v1`: `/items/{item_id}`. */
export type Routes = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};

interface JsonOf<Answer> {
  responses: { 200: { content: { "application/json": Answer } } };
}

/** Every path that can be read as JSON. */
export type ReadPath = {
  [Path in keyof Routes]: Routes[Path] extends { get: JsonOf<unknown> } ? Path : never;
}[keyof Routes];

export type AnswerOf<Path extends ReadPath> = Routes[Path] extends { get: JsonOf<infer Answer> }
  ? Answer
  : never;

type ParametersOf<Path extends ReadPath> = Routes[Path] extends {
  get: { parameters: infer P extends { query?: unknown } };
}
  ? P
  : never;

export type QueryOf<Path extends ReadPath> =
  NonNullable<ParametersOf<Path>["query"]> extends never
    ? Record<never, never>
    : NonNullable<ParametersOf<Path>["query"]>;

/** What fills the blanks of a path; `undefined` for a path without any. */
export type BlanksOf<Path extends ReadPath> =
  ParametersOf<Path> extends { path: infer Blanks } ? Blanks : undefined;

/** What a question is made of: the path's blanks where it has some, and the query. */
export type Asked<Path extends ReadPath> = (BlanksOf<Path> extends undefined
  ? { path?: undefined }
  : { path: BlanksOf<Path> }) &
  (Record<never, never> extends QueryOf<Path>
    ? { query?: QueryOf<Path> }
    : { query: QueryOf<Path> });

/** The lists: paths that answer pages of rows. */
export type ListPath = {
  [Path in ReadPath]: AnswerOf<Path> extends { items: readonly unknown[] }
    ? "cursor" extends keyof QueryOf<Path>
      ? Path
      : never
    : never;
}[ReadPath];

export type RowOf<Path extends ListPath> =
  AnswerOf<Path> extends { items: readonly (infer Row)[] } ? Row : never;
