/** Keeps one broken page from taking the shell with it. */
import { Component, type ReactNode } from "react";
import { say } from "@/language";
import { Icon } from "@/parts/icon";

export class Fence extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="state state-failed" role="alert">
        <Icon name="alerts" size={30} />
        <p className="state-title">{say("problem.broken")}</p>
        <p>{say("problem.brokenHint")}</p>
        <button
          type="button"
          className="button"
          onClick={() => {
            window.location.reload();
          }}
        >
          {say("problem.reload")}
        </button>
      </div>
    );
  }
}
