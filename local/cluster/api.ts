import { readFileSync } from "node:fs";
import { request } from "node:https";
import { authorityFile, pkiFile } from "#local/cluster/pki";
import { apiServer, type ClusterSpec } from "#local/cluster/spec";

/** Reads a path of the cluster's API as its administrator; throws with the answer's own words. */
export function get(spec: ClusterSpec, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      ca: readFileSync(authorityFile(spec)),
      cert: readFileSync(pkiFile(spec, "admin.crt")),
      key: readFileSync(pkiFile(spec, "admin.key")),
      agent: false,
      timeout: 3000,
    } as const;
    const call = request(`${apiServer(spec)}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        response.statusCode === 200
          ? resolve(text)
          : reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 300)}`)),
      );
    });
    call.on("timeout", () =>
      call.destroy(new Error(`${apiServer(spec)} did not answer within 3 s`)),
    );
    call.on("error", reject);
    call.end();
  });
}

export interface Condition {
  type: string;
  status: string;
  message?: string;
  lastHeartbeatTime?: string;
}

export interface KubeObject {
  metadata: { name: string; labels?: Record<string, string> };
  status?: { conditions?: Condition[]; readyReplicas?: number; replicas?: number };
}

/** Reads an object or a list. */
export async function getJson<T>(spec: ClusterSpec, path: string): Promise<T> {
  return JSON.parse(await get(spec, path)) as T;
}

/** The object's condition of that type, if it has one. */
export const condition = (object: KubeObject, type: string): Condition | undefined =>
  object.status?.conditions?.find((each) => each.type === type);
