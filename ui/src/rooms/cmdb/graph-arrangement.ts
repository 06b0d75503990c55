/** Where people put the items of a picture: one's own places before those for all. */
import { useMemo, useState } from "react";
import { answered, api } from "@/api/client";
import { queryClient, useGet, useSend } from "@/api/queries";
import type { Picture, PicturePlaces } from "@/api/types";
import { useT } from "@/language";
import { toast } from "@/parts/toast";
import type { KeptPlaces } from "./graph-places";

export interface Arrangement {
  places: KeptPlaces;
  kept: PicturePlaces | undefined;
  /** Keep where these stand, for oneself. */
  move: (places: KeptPlaces) => void;
  /** What one sees, for all. */
  share: () => void;
  /** Let the layout place everything, for oneself or for all. */
  reset: (forAll: boolean) => void;
}

const listed = (places: KeptPlaces) => [...places].map(([item, place]) => ({ item, ...place }));

export function useArrangement(picture: Picture, root: string | null): Arrangement {
  const t = useT();
  const asked = { query: { picture, root } };
  const { data } = useGet("places", "/picture-places", asked);
  const [dropped, setDropped] = useState<KeptPlaces>(new Map());
  const put = useSend(
    (body: { places: KeptPlaces; for_all: boolean }) =>
      answered(
        api.PUT("/picture-places", {
          body: { picture, root, for_all: body.for_all, places: listed(body.places) },
        }),
      ),
    [],
  );
  const drop = useSend(
    (for_all: boolean) =>
      answered(api.DELETE("/picture-places", { params: { query: { picture, root, for_all } } })),
    ["places"],
  );
  const places = useMemo(
    () => new Map([...(data?.places ?? []).map((each) => [each.item, each] as const), ...dropped]),
    [data, dropped],
  );
  const failed = (problem: { message: string }): void => {
    setDropped(new Map());
    toast(problem.message, "failed");
  };
  const told = (kept: PicturePlaces): void => {
    queryClient.setQueryData(["places", "/picture-places", asked], kept);
  };
  /** What is dropped stands there at once, and stays until the answer says so. */
  const move = (moved: KeptPlaces): void => {
    setDropped((before) => new Map([...before, ...moved]));
    put.mutate({ places: moved, for_all: false }, { onSuccess: told, onError: failed });
  };
  const reset = (forAll: boolean): void => {
    setDropped(new Map());
    drop.mutate(forAll, { onError: failed });
  };
  const share = (): void => {
    put.mutate(
      { places, for_all: true },
      {
        onSuccess: () => {
          reset(false);
          toast(t("graph.placedForAll"));
        },
        onError: failed,
      },
    );
  };
  return { places, kept: data, move, share, reset };
}
