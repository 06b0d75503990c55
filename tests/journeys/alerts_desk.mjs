import { alertActs } from "./alert_acts.mjs";
import { DESK, journey, signIn } from "./lib.mjs";

await journey("alerts-desk", DESK, async (page) => {
  await signIn(page);
  await alertActs(page);
});
