import { layoutOf } from "./layout.ts";
import type { Shape } from "./shape.ts";

/** Beside the page's own thread: it stays smooth while hundreds of boxes find their places. */
addEventListener("message", ({ data }: MessageEvent<Shape>) => postMessage(layoutOf(data)));
