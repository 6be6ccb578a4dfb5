import type { Agent, MeshAnswer } from "../mesh.ts";
import { draw, h } from "./dom.ts";
import { drawingOf, highlight } from "./graph.ts";
import { ago, graphOf, matchingAgents } from "./model.ts";
import { details, summary, table } from "./views.ts";

const POLL_MS = 1_500;
const MAX_POLL_MS = 15_000;
const TIMEOUT_MS = 8_000;

function part<E extends Element = HTMLElement>(id: string): E {
  const found = document.querySelector<E>(`#${id}`);
  if (!found) throw new Error(`the page lacks #${id}`);
  return found;
}

const filter = part<HTMLInputElement>("filter");
const dialog = part<HTMLDialogElement>("details");
const graph = part("graph");

/** The last answer and its tag; kept when the next ones fail. */
let answer: MeshAnswer | undefined;
let etag = "";
/** Why the dashboard or the registry does not answer now; empty if both do. */
let trouble = "";
/** When the dashboard last answered, by this machine's clock. */
let seen = 0;
/** How far the server's clock is ahead of this machine's. */
let ahead = 0;
let selected: string | undefined;
/** What the graph shows now. */
let drawn = "";
/** The box of the graph that the pointer or the focus is on. */
let pointed: string | undefined;

const now = () => Date.now() + ahead;
const clock = (time: string | number) => new Date(time).toLocaleTimeString();

/** Asks for the mesh once. */
async function ask(): Promise<void> {
  let response: Response;
  try {
    response = await fetch("api/mesh", {
      cache: "no-store",
      headers: etag ? { "if-none-match": etag } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 200) answer = await response.json();
  } catch {
    trouble = "The dashboard does not answer";
    return;
  }
  ahead = Date.parse(response.headers.get("date") ?? "") - Date.now() || 0;
  if (response.status === 200 || response.status === 304) {
    etag = response.headers.get("etag") ?? etag;
    seen = Date.now();
    trouble = "";
    return;
  }
  const body = await response.json().catch(() => ({}));
  trouble = String(body.error ?? `The dashboard answered with status ${response.status}`);
}

/** What the banner says, with what it means for what is shown below. */
function warning(): string {
  if (trouble) {
    return answer ? `${trouble}. This is the mesh as it was at ${clock(seen)}.` : trouble;
  }
  if (!answer?.stale) return "";
  const { since, reason } = answer.stale;
  return `The registry can't be read: ${reason}. This is the mesh as it was at ${clock(since)}.`;
}

function freshness(): [state: string, text: string] {
  if (trouble) return ["lost", answer ? `as of ${ago(Date.now() - seen)}` : "no data"];
  if (!answer) return ["wait", "connecting …"];
  if (answer.stale) return ["stale", `as of ${ago(now() - Date.parse(answer.stale.since))}`];
  return ["live", "live"];
}

/** What changes with every second: nothing else is drawn again for it. */
function tick(): void {
  const [state, text] = freshness();
  const pill = part("freshness");
  pill.dataset.state = state;
  if (pill.textContent !== text) pill.textContent = text;
  for (const time of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const text = ago(now() - Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
}

function drawGraph(mesh: MeshAnswer, matching: Agent[]): void {
  const model = graphOf(mesh, matching);
  // Heartbeats change all the time, and nothing in the drawing.
  const looks = JSON.stringify([graph.clientWidth, model], (key, value) =>
    key === "lastHeartbeat" ? undefined : value,
  );
  if (looks === drawn) return;
  drawn = looks;
  if (model.boxes.length === 0) return draw(graph, h("p", { class: "dim" }, "Nothing to draw."));
  draw(graph, drawingOf(model, graph.clientWidth));
  highlight(graph, pointed);
}

function render(): void {
  const text = warning();
  draw(part("banner"), text !== "" && h("p", { class: "banner" }, text));
  document.body.classList.toggle("stale", text !== "" && answer !== undefined);
  tick();
  if (!answer) return;
  const matching = matchingAgents(answer, filter.value);
  draw(part("summary"), summary(answer, filter.value));
  const found = `${matching.length} of ${answer.agents.length} agents match`;
  draw(part("matches"), filter.value !== "" && found);
  drawGraph(answer, matching);
  const empty =
    answer.agents.length === 0
      ? "No agent has registered yet. One shows here as soon as its first heartbeat arrives."
      : "No agent matches the filter.";
  const rows =
    matching.length > 0 ? table(matching, answer, now()) : h("p", { class: "dim" }, empty);
  draw(part("table"), rows);
  drawDetails();
}

function drawDetails(): void {
  if (!answer || selected === undefined) return;
  const agent = answer.agents.find(({ id }) => id === selected);
  if (agent) draw(dialog, ...details(agent, answer, now()));
  else dialog.close();
}

function open(id: string): void {
  selected = id;
  drawDetails();
  if (!dialog.open && selected !== undefined) dialog.showModal();
}

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  const agent = target.closest("[data-agent]")?.getAttribute("data-agent");
  if (agent) open(agent);
  else if (target.closest("[data-close]")) dialog.close();
  const words = target.closest("[data-filter]")?.getAttribute("data-filter");
  if (words !== null && words !== undefined) {
    filter.value = words;
    render();
  }
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!(target instanceof Element)) return;
  if (key === "/" && target !== filter && !dialog.open) filter.focus();
  else if ((key === "Enter" || key === " ") && target instanceof SVGElement) {
    open(target.dataset.agent ?? "");
  } else return;
  event.preventDefault();
});

dialog.addEventListener("close", () => {
  selected = undefined;
});

for (const event of ["pointerover", "focusin", "pointerleave", "focusout"]) {
  graph.addEventListener(event, ({ target, type }) => {
    const over = type === "pointerover" || type === "focusin";
    const box = over && target instanceof Element && target.closest<SVGElement>(".box");
    pointed = box ? box.dataset.key : undefined;
    highlight(graph, pointed);
  });
}

filter.addEventListener("input", () => render());
new ResizeObserver(() => answer && drawGraph(answer, matchingAgents(answer, filter.value))).observe(
  graph,
);
setInterval(tick, 1_000);

/** Asks again and again, less often while nobody answers, and not while nobody looks. */
async function follow(): Promise<never> {
  for (let pause = POLL_MS; ; ) {
    const [before, calm] = [answer, trouble];
    await ask();
    if (answer !== before || trouble !== calm) render();
    else tick();
    pause = trouble ? Math.min(pause * 2, MAX_POLL_MS) : POLL_MS;
    await new Promise<void>((resolve) => {
      const wake = () => {
        if (document.hidden) return;
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", wake);
        resolve();
      };
      const timer = setTimeout(wake, pause);
      document.addEventListener("visibilitychange", wake);
    });
  }
}

void follow();
