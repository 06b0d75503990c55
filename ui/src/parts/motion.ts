/** Whether the reader wants things to be where they are without moving there. */
import { matching } from "./media";

export const useStill = matching("(prefers-reduced-motion: reduce)");
