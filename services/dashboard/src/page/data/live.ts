import { createContext, useContext } from "react";
import type { StatusAnswer } from "../../api.ts";
import type { MeshAnswer } from "../../mesh.ts";
import type { Feed } from "./feed.ts";

/** A change shows within two seconds: the server looks about as often as the page asks. */
export const LIVE_MS = 900;

export interface Live {
  mesh: Feed<MeshAnswer>;
  status: Feed<StatusAnswer>;
}

export const LiveData = createContext<Live>({ mesh: { seen: 0 }, status: { seen: 0 } });

/** What the server said last of the mesh and of how it is. */
export const useLive = (): Live => useContext(LiveData);
