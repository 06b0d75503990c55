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
import { get, Problem, type Query } from "./client";
import type { Page } from "./types";

export type Topic =
  "tickets" | "alerts" | "items" | "targets" | "board" | "access" | "definitions" | "samples";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (count, reason) =>
        count < 2 && !(reason instanceof Problem && reason.status >= 400 && reason.status < 500),
    },
  },
});

interface Options {
  enabled?: boolean;
  every?: number;
  keep?: boolean;
}

export function useGet<T>(
  topic: Topic,
  path: string,
  query: Query = {},
  { enabled = true, every, keep = false }: Options = {},
): UseQueryResult<T, Problem> {
  return useQuery<T, Problem>({
    queryKey: [topic, path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    enabled,
    ...(every ? { refetchInterval: every } : {}),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(topic === "definitions" ? { staleTime: 300_000 } : {}),
  });
}

/** Pages of a list, joined; `more` fetches the next one. */
export function usePages<T>(topic: Topic, path: string, query: Query) {
  return useInfiniteQuery<Page<T>, Problem, T[], readonly unknown[], string | undefined>({
    queryKey: [topic, path, query, "pages"],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: keepPreviousData,
  });
}

/** A write. What it touched is fetched again at once, without waiting for the stream. */
export function useSend<I, O = unknown>(
  send: (input: I) => Promise<O>,
  touches: readonly Topic[],
): UseMutationResult<O, Problem, I> {
  return useMutation<O, Problem, I>({
    mutationFn: send,
    onSuccess: () => {
      for (const topic of touches) void queryClient.invalidateQueries({ queryKey: [topic] });
    },
  });
}
