/** Files on their way: one after the other, each with how far it is and what came of it. */
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { Problem } from "@/api/problem";
import { queryClient, useGet } from "@/api/queries";
import type { components } from "@/api/schema.gen";
import { upload } from "@/api/upload";
import { useT } from "@/language";
import { quantity } from "@/language/format";

type Taken = components["schemas"]["TakenOut"];

interface Going {
  id: number;
  name: string;
  part: number;
  state: "waiting" | "sending" | "kept" | "refused";
  taken?: Taken;
  why?: string;
  stop?: () => void;
}

/** What files are sent with, and where. */
export interface Place {
  path: string;
  note?: () => string;
  done?: () => void;
}

let last = 0;

export function useUploads(place: Place, most: number) {
  const t = useT();
  const [going, setGoing] = useState<readonly Going[]>([]);
  const line = useRef<Promise<void>>(Promise.resolve());
  const say = (id: number, more: Partial<Going>): void => {
    setGoing((all) => all.map((each) => (each.id === id ? { ...each, ...more } : each)));
  };
  const send = async (id: number, file: File): Promise<void> => {
    const form = new FormData();
    form.append("note", place.note?.() ?? "");
    form.append("file", file);
    const sending = upload<Taken>(place.path, form, (part) => {
      say(id, { part });
    });
    say(id, { state: "sending", stop: sending.stop });
    try {
      const taken = await sending.done;
      say(id, { state: "kept", taken });
      place.done?.();
      void queryClient.invalidateQueries({ queryKey: ["items"] });
    } catch (error) {
      say(id, { state: "refused", why: error instanceof Problem ? error.message : String(error) });
    }
  };
  const add = (files: Iterable<File>): void => {
    for (const file of files) {
      last += 1;
      const id = last;
      const large = most > 0 && file.size > most;
      const why = large ? t("document.tooLarge", { most: quantity(most, "bytes") }) : "";
      const state = large ? "refused" : "waiting";
      setGoing((all) => [...all, { id, name: file.name, part: 0, state, why }]);
      if (!large) line.current = line.current.then(() => send(id, file));
    }
  };
  const clear = (): void => {
    setGoing((all) => all.filter(({ state }) => state === "waiting" || state === "sending"));
  };
  return { going, add, clear };
}

/** Files dropped anywhere on the page are taken; without it the browser would open them. */
export function useDrops(take: (files: Iterable<File>) => void, active: boolean): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (!active) return undefined;
    const brings = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent): void => {
      if (!brings(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!brings(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current(event.dataTransfer?.files ?? []);
    };
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
    };
  }, [active]);
  return over;
}

/** How large a file may be, in bytes; 0 until that is known. */
export function useStore() {
  const store = useGet("items", "/document-store").data;
  return { most: store?.file_most ?? 0, store };
}

function Line({ each }: { each: Going }) {
  const t = useT();
  const { taken } = each;
  const part = Math.floor(each.part * 100);
  return (
    <li data-upload={each.state}>
      <b className="clip">{each.name}</b>
      {each.state === "waiting" ? <span className="muted">{t("document.waits")}</span> : null}
      {each.state === "sending" ? (
        <>
          <progress max={1} value={each.part} aria-label={each.name} />
          <span className="muted nowrap">
            {each.part < 1 ? t("document.sending", { part }) : t("document.keeping")}
          </span>
          <Button size="small" onClick={each.stop}>
            {t("document.stop")}
          </Button>
        </>
      ) : null}
      {taken ? (
        <span>
          <Link to={`/items/${taken.document.id}`}>
            {t("document.kept", { name: taken.document.name, n: taken.version.number })}
          </Link>
          {taken.twins.map(({ document, number }) => (
            <Link key={`${document.id} ${String(number)}`} to={`/items/${document.id}`}>
              {" · "}
              {t("document.twin", { name: document.name, n: number })}
            </Link>
          ))}
        </span>
      ) : null}
      {each.state === "refused" ? (
        <span className="refused" role="alert">
          {each.why}
        </span>
      ) : null}
    </li>
  );
}

export function Uploads({ going, clear }: { going: readonly Going[]; clear: () => void }) {
  const t = useT();
  if (going.length === 0) return null;
  const over = going.every(({ state }) => state === "kept" || state === "refused");
  return (
    <div className="uploads" aria-live="polite">
      <ul>
        {going.map((each) => (
          <Line key={each.id} each={each} />
        ))}
      </ul>
      {over ? (
        <Button size="small" onClick={clear}>
          {t("document.dismiss")}
        </Button>
      ) : null}
    </div>
  );
}

/** The button that opens the chooser of files; it is a label, so that keys and screens reach it. */
export function Chooser({
  add,
  label,
  several,
}: {
  add: (files: Iterable<File>) => void;
  label: string;
  several: boolean;
}) {
  return (
    <label className="button chooser">
      {label}
      <input
        type="file"
        multiple={several}
        onChange={({ target }) => {
          add([...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </label>
  );
}
