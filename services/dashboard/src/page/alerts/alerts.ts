import type { Alert, StatusAnswer } from "../../api.ts";

/** Alerts that fire and mean something is wrong: the dead man's switch fires always. */
export const firing = (status: StatusAnswer | undefined): Alert[] =>
  (status?.alerts ?? []).filter(({ state, severity }) => state === "firing" && severity !== "none");

/** Alerts that will fire if it stays like this. */
export const pending = (status: StatusAnswer | undefined): Alert[] =>
  (status?.alerts ?? []).filter(
    ({ state, severity }) => state === "pending" && severity !== "none",
  );

/** Alerts that fire as long as alerting works. */
export const switches = (status: StatusAnswer | undefined): Alert[] =>
  (status?.alerts ?? []).filter(({ state, severity }) => state === "firing" && severity === "none");

/** What tells an alert from others. */
export const alertKey = ({ name, labels }: Alert): string => JSON.stringify([name, labels]);
