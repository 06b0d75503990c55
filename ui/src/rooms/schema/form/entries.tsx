/** Lists and mappings: entries that open, are added, moved and taken out. */
import { Button, Input, Select } from "antd";
import { useState, type ReactNode } from "react";
import { useLanguage, useT, type Language } from "@/language";
import { idOf, useEdit, useMistakes } from "./context";
import type { ControlProps } from "./controls";
import { blank, wordFor, type Shape } from "./shape";
import { isMapping, listOf, type Mapping, type Path } from "./values";
import { Wrong } from "./wrong";
import { valueText } from "./written";

interface EntriesProps extends ControlProps {
  of: Shape;
  /** Draws what is inside an entry. */
  draw: (of: Shape, props: ControlProps) => ReactNode;
}

/** What an entry is called where it is closed. */
function summary(value: unknown, language: Language): string {
  if (!isMapping(value)) return value === null ? "" : valueText(value);
  const label = value["label"] ?? value["name"] ?? value["value"] ?? value["alert"] ?? value["key"];
  const [first, second] = language === "en" ? ["en", "zh"] : ["zh", "en"];
  const said = isMapping(label) ? (label[first] ?? label[second]) : label;
  if (typeof said === "string") return said;
  const plain = Object.values(value).filter((each) => typeof each === "string");
  return plain.length > 0 ? plain.slice(0, 3).join(" · ") : valueText(value).slice(0, 60);
}

interface EntryProps {
  path: Path;
  head: ReactNode;
  acts: ReactNode;
  open: boolean;
  children: () => ReactNode;
}

/** One entry, drawn inside only while it is open. */
function Entry({ path, head, acts, open, children }: EntryProps) {
  const t = useT();
  const wrong = useMistakes(path, { below: true });
  const own = useMistakes(path);
  const [opened, setOpened] = useState(open);
  const shown = opened || wrong.length > 0;
  return (
    <div className={shown ? "entry entry-open" : "entry"}>
      <div className="entry-line">
        <button
          type="button"
          id={idOf(path)}
          className="entry-head"
          aria-expanded={shown}
          onClick={() => {
            setOpened(!shown);
          }}
        >
          {head}
        </button>
        {wrong.length > 0 ? (
          <span className="field-wrong">{t("definition.mistakes", { n: wrong.length })}</span>
        ) : null}
        {acts}
      </div>
      {shown ? (
        <div className="entry-inside">
          <Wrong messages={own} />
          {children()}
        </div>
      ) : null}
    </div>
  );
}

function Act({ label, sign, onClick }: { label: string; sign: string; onClick: () => void }) {
  return (
    <Button size="small" type="text" aria-label={label} title={label} onClick={onClick}>
      {sign}
    </Button>
  );
}

export function Entries({ of, draw, path, value, title, required }: EntriesProps) {
  const t = useT();
  const language = useLanguage();
  const { set, remove, moveUp } = useEdit();
  const [added, setAdded] = useState(-1);
  const list = listOf(value);
  // One that stands without a list keeps standing so, until a second one comes.
  const alone = list.length > 0 && !Array.isArray(value);
  const placeOf = (at: number): Path => (alone ? path : [...path, at]);
  const without = (at: number): void => {
    if (list.length === 1 && !required) remove(path);
    else if (alone) set(path, []);
    else remove([...path, at]);
  };
  return (
    <div className="entries">
      {list.map((entry, at) => (
        <Entry
          key={at}
          path={placeOf(at)}
          open={at === added}
          head={`${at + 1}. ${summary(entry, language)}`}
          acts={
            <>
              {at > 0 ? (
                <Act
                  label={t("definition.moveUp", { name: summary(entry, language) })}
                  sign="↑"
                  onClick={() => {
                    moveUp(path, at);
                  }}
                />
              ) : null}
              <Act
                label={t("definition.takeOut", {
                  name: summary(entry, language) || `${title} ${at + 1}`,
                })}
                sign="✕"
                onClick={() => {
                  without(at);
                }}
              />
            </>
          }
        >
          {() => draw(of, { path: placeOf(at), value: entry, title, required: true })}
        </Entry>
      ))}
      <Button
        size="small"
        onClick={() => {
          setAdded(list.length);
          if (alone) set(path, [value, blank(of)]);
          else set([...path, list.length], blank(of));
        }}
      >
        ＋ {t("definition.add", { what: title })}
      </Button>
    </div>
  );
}

export function MapEntries({
  of,
  draw,
  names,
  words,
  path,
  value,
  title,
  required,
}: EntriesProps & { names: string[] | null; words: Record<string, string> }) {
  const t = useT();
  const language = useLanguage();
  const { set, remove } = useEdit();
  const [fresh, setFresh] = useState("");
  const map = isMapping(value) ? value : {};
  const free = names?.filter((name) => !Object.hasOwn(map, name)) ?? null;
  const called = (name: string): string => wordFor(words, name) ?? name;
  const add = (name: string): void => {
    if (name === "" || Object.hasOwn(map, name)) return;
    set([...path, name], blank(of));
    setFresh("");
  };
  return (
    <div className="entries">
      {Object.entries(map).map(([name, inner]) => (
        <Entry
          key={name}
          path={[...path, name]}
          open={!isMapping(inner)}
          head={
            isMapping(inner) && summary(inner, language)
              ? `${called(name)} · ${summary(inner, language)}`
              : called(name)
          }
          acts={
            <Act
              label={t("definition.takeOut", { name })}
              sign="✕"
              onClick={() => {
                if (Object.keys(map).length === 1 && !required) remove(path);
                else remove([...path, name]);
              }}
            />
          }
        >
          {() => (
            <>
              {names === null ? <EntryName path={path} name={name} taken={map} /> : null}
              {draw(of, { path: [...path, name], value: inner, title: name, required: true })}
            </>
          )}
        </Entry>
      ))}
      <div className="entry-new">
        {free ? (
          <Select
            size="small"
            aria-label={t("definition.newName", { what: title })}
            value={null}
            placeholder={t("word.choose")}
            options={free.map((name) => ({ value: name, label: called(name) }))}
            onChange={(name: string | null) => {
              add(name ?? "");
            }}
          />
        ) : (
          <>
            <Input
              size="small"
              aria-label={t("definition.newName", { what: title })}
              placeholder={t("definition.newName", { what: title })}
              value={fresh}
              onChange={({ target }) => {
                setFresh(target.value);
              }}
              onPressEnter={() => {
                add(fresh.trim());
              }}
            />
            <Button
              size="small"
              onClick={() => {
                add(fresh.trim());
              }}
            >
              ＋ {t("definition.add", { what: title })}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** The key of an entry, changed when one leaves it. */
function EntryName({ path, name, taken }: { path: Path; name: string; taken: Mapping }) {
  const t = useT();
  const { rename } = useEdit();
  const [typed, setTyped] = useState(name);
  const keep = (): void => {
    const wanted = typed.trim();
    if (wanted === "" || Object.hasOwn(taken, wanted)) setTyped(name);
    else rename([...path, name], wanted);
  };
  return (
    <Input
      className="entry-name mono"
      aria-label={t("definition.nameOf", { name })}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
      }}
      onBlur={keep}
      onPressEnter={keep}
    />
  );
}
