import { journey, PHONE } from "./lib.mjs";
import { outage } from "./outage.mjs";

await journey("fault-phone", PHONE, outage);
