/** The width of the screen, which a test can change. */
let narrow = false;
const listeners = new Set<(event: { matches: boolean }) => void>();

export const media = {
  phone(shown: boolean): void {
    narrow = shown;
    for (const listener of listeners) listener({ matches: narrow });
  },
  match: (query: string): MediaQueryList => {
    const list = {
      media: query,
      get matches(): boolean {
        return query.includes("max-width") && narrow;
      },
      onchange: null,
      addEventListener: (_: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
      addListener: () => undefined,
      removeListener: () => undefined,
      dispatchEvent: () => true,
    };
    return list as unknown as MediaQueryList;
  },
};
