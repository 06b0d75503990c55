/** What a scanned code says. */
const ITEM = /\/items\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[/?#]|$)/i;

/** What stands in an item's code: its page, under the name by which the reader reached the platform. */
export const codeOf = (origin: string, id: string): string => `${origin}/items/${id}`;

/** The item that a code names, whatever the platform was called when the label was printed. */
export const itemIn = (text: string): string | null => ITEM.exec(text)?.[1]?.toLowerCase() ?? null;
