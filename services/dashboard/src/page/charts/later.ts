/** What comes with the chart library, once the page is there. */
import "../shell/common.ts";

export { Charts } from "./charts.tsx";
export { Few } from "./few.tsx";
