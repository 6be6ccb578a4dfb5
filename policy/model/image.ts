import { list } from "#model/kubernetes";
import { containersOf, type Pod } from "#model/pod";
import { type Context, type ObjectRule, podRule } from "#model/rule";

/** An image reference in its parts, read as container runtimes read it. */
export interface Image {
  /** The registry's host with its port, in lower case; docker.io where none is named. */
  host: string;
  hostNamed: boolean;
  /** Host and repository: `docker.io/library/nginx`. */
  name: string;
  tag: string | undefined;
  digest: string | undefined;
}

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const form = new RegExp(
  `^(${component}(?:/${component})*)(?::(\\w[\\w.-]{0,127}))?(?:@([a-zA-Z][\\w+.-]*:[0-9a-fA-F]{32,}))?$`,
);
const hostForm = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/;
/** Other names of Docker's registry. */
const docker = ["index.docker.io", "registry-1.docker.io"];

/** The parts of an image reference; undefined for what no runtime would pull. */
export function parseImage(reference: unknown): Image | undefined {
  if (typeof reference !== "string") return undefined;
  const slash = reference.indexOf("/");
  const first = reference.slice(0, Math.max(slash, 0));
  const hostNamed = /[.:A-Z]/.test(first) || first === "localhost";
  const [, path, tag, digest] = form.exec(hostNamed ? reference.slice(slash + 1) : reference) ?? [];
  if (path === undefined) return undefined;
  const named = hostNamed ? first.toLowerCase() : "docker.io";
  if (!hostForm.test(named)) return undefined;
  const host = docker.includes(named) ? "docker.io" : named;
  const library = host === "docker.io" && !path.includes("/") ? "library/" : "";
  return { host, hostNamed, name: `${host}/${library}${path}`, tag, digest };
}

/** Whether an image is one of a registry, or of a folder or repository in it (`reg.io/team`). */
export function isUnder({ name }: Image, prefix: unknown): boolean {
  if (typeof prefix !== "string") return false;
  const [host = "", ...path] = prefix.replace(/\/+$/, "").split("/");
  const known = docker.includes(host.toLowerCase()) ? "docker.io" : host.toLowerCase();
  return known !== "" && `${name}/`.startsWith(`${[known, ...path].join("/")}/`);
}

/** Where a pod names images, each read only when asked for: its containers and image volumes. */
export function imagesOf(pod: Pod): (() => { path: string; image: string | undefined })[] {
  const volumes = list(pod.spec.volumes).flatMap((volume, index) =>
    volume?.image ? [volumeImage(pod, index, volume.image)] : [],
  );
  const containers = containersOf(pod).map((read) => () => {
    const { path, container } = read();
    return { path: `${path}.image`, image: container.image };
  });
  return [...volumes, ...containers];
}

function volumeImage({ path }: Pod, index: number, image: { reference?: string }) {
  return () => ({ path: `${path}.volumes[${index}].image.reference`, image: image.reference });
}

/** A rule about each image of a pod; `problem` says what is wrong with one. */
export function imageRule({
  problem,
  ...facts
}: Omit<ObjectRule, "check" | "kinds"> & {
  problem(image: string, context: Context): string | undefined;
}): ObjectRule {
  return podRule({
    ...facts,
    pod: (pod, context) =>
      imagesOf(pod).flatMap((read) =>
        context.attempt(() => {
          const { path, image } = read();
          const message = problem(typeof image === "string" ? image : "", context);
          return message === undefined ? [] : [{ path, message }];
        }),
      ),
  });
}
