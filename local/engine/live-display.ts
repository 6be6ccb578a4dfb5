import { TextDisplay } from "#local/engine/display";

/** The display for a terminal. */
export class LiveDisplay extends TextDisplay {}
