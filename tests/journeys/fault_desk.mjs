import { DESK, journey } from "./lib.mjs";
import { outage } from "./outage.mjs";

await journey("fault-desk", DESK, outage);
