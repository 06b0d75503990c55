/** Whether the phone's layout is shown. */
import { matching } from "./media";

export const usePhone = matching("(max-width: 767px)");
