/** Every page on the desk. */
import { everyPage } from "./every_page.mjs";
import { DESK } from "./lib.mjs";

await everyPage("every-page-desk", DESK);
