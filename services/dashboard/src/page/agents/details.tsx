import { useEffect, useRef } from "react";
import { useLive } from "../data/live.ts";
import { go, routeOf } from "../data/route.ts";
import { Badge, toneOf } from "../ui/badge.tsx";
import { Icon } from "../ui/icon.tsx";
import { DetailsBody } from "./details-body.tsx";
import { groupsOf } from "./groups.ts";

/** Closing shows the same view without the agent. */
const close = () => go({ view: routeOf(location.hash).view });

/** Everything that is known of an agent, beside the page. */
export function Details({ agent }: { agent: string }) {
  const { mesh } = useLive();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Each agent is read from its beginning.
  useEffect(() => {
    dialog.current?.scrollTo(0, 0);
    title.current?.focus();
  }, [agent]);
  const group = mesh.answer && groupsOf(mesh.answer).find(({ key }) => key === agent);
  const name = group?.name ?? agent.slice(agent.indexOf("/") + 1);
  return (
    <dialog
      ref={dialog}
      className="details"
      aria-labelledby="details-title"
      onClose={close}
      onClick={closeOutside}
    >
      <div>
        <header>
          <h2 id="details-title" ref={title} tabIndex={-1}>
            {name}
          </h2>
          {group && <Badge tone={toneOf(group.state)}>{group.state}</Badge>}
          <button type="button" className="close" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {group && mesh.answer && <DetailsBody group={group} mesh={mesh.answer} />}
        {!group && mesh.answer && <p className="empty">This agent is not registered now.</p>}
      </div>
    </dialog>
  );
}

/** A click beside the dialog is one on the dialog itself: all that it shows is inside something. */
function closeOutside({ target, currentTarget }: React.MouseEvent) {
  if (target === currentTarget) close();
}
