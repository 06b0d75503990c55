/** A new ticket asks for what can be filled in where it begins. */
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, show } from "@/testing/screen";
import { page, Server } from "@/testing/server";
import NewTicketPage from "./new-ticket";

const field = (name: string, label: string) => ({
  name,
  label,
  type: "text",
  required: false,
  choices: [],
  unit: null,
  to: [],
  help: null,
  default: null,
});
const INCIDENT = {
  name: "incident",
  label: "故障",
  version: 1,
  fields: [field("place", "地点"), field("solution", "解决办法")],
  opening: ["place"],
  states: [],
  transitions: [],
};

it("and not for what its first state hides", async () => {
  new Server({ "GET /ticket-types": page(INCIDENT) });
  const { body } = show(<NewTicketPage />);
  expect(await screen.findByLabelText("地点")).toBeDefined();
  expect(screen.queryByLabelText("解决办法")).toBeNull();
  await expectAccessible(body);
});
