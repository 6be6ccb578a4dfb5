import { TextDisplay } from "#local/engine/display";

/** The display of `--diff`. */
export class DiffDisplay extends TextDisplay {}
