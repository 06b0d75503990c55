/** What kinds of definition and packs are called; by their own name while that is not known. */
import { useGet } from "@/api/queries";

interface Called {
  kind: (name: string) => string;
  pack: (name: string) => string;
}

export function useCalled(): Called {
  const kinds = useGet("definitions", "/definition-kinds").data?.items ?? [];
  const packs = useGet("definitions", "/packs").data?.items ?? [];
  const of = (known: readonly { name: string; label: string }[]) => (name: string) =>
    known.find((each) => each.name === name)?.label || name;
  return { kind: of(kinds), pack: of(packs) };
}
