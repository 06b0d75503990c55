import { alertActs } from "./alert_acts.mjs";
import { PHONE, journey, signIn } from "./lib.mjs";

await journey("alerts-phone", PHONE, async (page) => {
  await signIn(page);
  await alertActs(page);
});
