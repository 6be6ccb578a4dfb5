import about from "../package.json" with { type: "json" };

/** Of the dashboard. */
export const { version } = about;
