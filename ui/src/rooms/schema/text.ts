/** What a definition's text says of itself before the server has read it. */

/** The kind and the name that stand at the beginning of a line; empty where there is none. */
export function namedIn(text: string): { kind: string; name: string } {
  const said = (key: string): string => {
    const found = new RegExp(`^${key}:[ \\t]*(["']?)([^"'#\\s]+)\\1[ \\t]*(?:#.*)?$`, "m").exec(
      text,
    );
    return found?.[2] ?? "";
  };
  return { kind: said("kind"), name: said("name") };
}
