import { useNow } from "../data/clock.ts";
import { ago, moment } from "../text/format.ts";

/** How long ago something was, by the second; its full time in the tip. */
export function Ago({ time }: { time: string | number }) {
  const age = useNow() - new Date(time).getTime();
  return (
    <time dateTime={new Date(time).toISOString()} title={moment(time)}>
      {ago(age)}
    </time>
  );
}
