import { Component, type ReactNode } from "react";

/** What stands in place of a part that can't be drawn, such as one of a version that is gone. */
export class FailedPart extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="empty" role="alert">
        <p>This part could not be loaded. The dashboard may have been updated meanwhile.</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
