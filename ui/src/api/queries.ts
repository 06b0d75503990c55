/**
 * Reads through react-query. The first part of every key is the live topic on which the answer
 * depends, so that one `changed` message knows what to fetch again.
 */
import {
  QueryClient,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { read } from "./client";
import type { AnswerOf, Asked, ListPath, ReadPath, RowOf } from "./paths";
import { Problem } from "./problem";

export type Topic =
  | "tickets"
  | "alerts"
  | "items"
  | "targets"
  | "board"
  | "access"
  | "definitions"
  | "samples"
  | "places"
  | "imports"
  | "webhooks"
  | "recycle-bin"
  | "scenarios";

/** Asked and sent also where the browser believes to be offline: it knows of the internet, not of us. */
const ALWAYS = { networkMode: "always" } as const;

export const queryClient = new QueryClient({
  defaultOptions: {
    mutations: ALWAYS,
    queries: {
      ...ALWAYS,
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (count, reason) => count < 2 && !(reason instanceof Problem && reason.final),
    },
  },
});

interface Options {
  enabled?: boolean;
  every?: number;
  keep?: boolean;
}

/** The path's blanks and query, which may be left out where the path needs neither. */
type Rest<Path extends ReadPath> =
  Record<never, never> extends Asked<Path>
    ? [asked?: Asked<Path>, options?: Options]
    : [asked: Asked<Path>, options?: Options];

export function useGet<Path extends ReadPath>(
  topic: Topic,
  path: Path,
  ...[asked, { enabled = true, every, keep = false } = {}]: Rest<Path>
): UseQueryResult<AnswerOf<Path>, Problem> {
  const question = asked ?? ({} as Asked<Path>);
  return useQuery<AnswerOf<Path>, Problem>({
    queryKey: [topic, path, question],
    queryFn: ({ signal }) => read(path, question, signal),
    enabled,
    ...(every ? { refetchInterval: every } : {}),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(topic === "definitions" ? { staleTime: 300_000 } : {}),
  });
}

interface Page<Row> {
  items: Row[];
  total?: number | null;
  total_is_at_least?: boolean;
  next?: string | null;
  abnormal_hidden?: number | null;
}

/** Pages of a list, joined; `fetchNextPage` brings the next one. */
export function usePages<Path extends ListPath>(topic: Topic, path: Path, asked: Asked<Path>) {
  return useInfiniteQuery<
    Page<RowOf<Path>>,
    Problem,
    { rows: RowOf<Path>[]; total: number | null; atLeast: boolean; hidden: number },
    readonly unknown[],
    string | undefined
  >({
    queryKey: [topic, path, asked, "pages"],
    queryFn: ({ pageParam, signal }) =>
      read(path, { ...asked, query: { ...asked.query, cursor: pageParam } }, signal) as Promise<
        Page<RowOf<Path>>
      >,
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => ({
      rows: pages.flatMap((page) => page.items),
      // The newest answer knows best.
      total: pages.at(-1)?.total ?? null,
      atLeast: pages.at(-1)?.total_is_at_least ?? false,
      hidden: pages[0]?.abnormal_hidden ?? 0,
    }),
    placeholderData: keepPreviousData,
  });
}

/** A write. What it touched is fetched again at once, without waiting for the stream. */
export function useSend<Input, Answer>(
  send: (input: Input) => Promise<Answer>,
  touches: readonly Topic[],
): UseMutationResult<Answer, Problem, Input> {
  return useMutation<Answer, Problem, Input>({
    mutationFn: send,
    onSuccess: () => {
      for (const topic of touches) void queryClient.invalidateQueries({ queryKey: [topic] });
    },
  });
}
