import { describe, expect, it } from "vitest";
import { also, bodyOf, grouped, itemTerm, named, put, worded } from "./formula-model";

const [a, b, c] = ["a", "b", "c"].map((id) => itemTerm({ id, name: id.toUpperCase() }));
if (!a || !b || !c) throw new Error("three items");
const all = also(also(a, b), c);

describe("the tree of a formula", () => {
  it("takes what is added as needed besides", () => {
    expect(all.word).toBe("and");
    expect(all.parts.map((part) => part.id)).toEqual(["a", "b", "c"]);
    expect(also(null, a)).toBe(a);
    expect([...named(all)]).toEqual(["a", "b", "c"]);
  });

  it("makes a gate of the chosen parts, in the place of the first", () => {
    const made = grouped(all, new Set([0, 2]), "or");
    expect(made.parts.map((part) => part.word ?? part.id)).toEqual(["or", "b"]);
    expect(made.parts[0]?.parts.map((part) => part.id)).toEqual(["a", "c"]);
    expect(grouped(all, new Set([1]), "or")).toBe(all);
    expect(grouped(all, new Set([0, 1, 2]), "of")).toMatchObject({ word: "of", need: 2 });
  });

  it("leaves no gate of one part, and nothing where the last is taken out", () => {
    const pair = grouped(all, new Set([0, 1]), "hot");
    const left = put(pair, [0, 1], null);
    expect(left?.parts.map((part) => part.id)).toEqual(["a", "c"]);
    expect(put(a, [], null)).toBeNull();
  });

  it("asks for no more than there are", () => {
    const vote = worded(all, "of");
    expect(put({ ...vote, need: 3 }, [0], null)).toMatchObject({ word: "of", need: 2 });
  });

  it("forgets the minutes of a standby where there are no standbys", () => {
    const pair = worded(all, "hot");
    const cold = put(pair, [1], { ...b, minutes: 15 });
    if (!cold) throw new Error("a tree");
    expect(bodyOf(cold).parts?.[1]).toMatchObject({ item: "b", minutes: 15 });
    expect(worded(cold, "or").parts.map((part) => part.minutes)).toEqual([null, null, null]);
  });
});
