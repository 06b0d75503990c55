/** Keeps a text that a form cannot draw from taking the editor with it; another text is tried. */
import { Component, type ReactNode } from "react";

interface Props {
  text: string;
  /** Stands there while the form does not. */
  instead: ReactNode;
  children: ReactNode;
}

interface State {
  text: string;
  broken: boolean;
}

export class FormFence extends Component<Props, State> {
  override state: State = { text: this.props.text, broken: false };

  static getDerivedStateFromError(): Partial<State> {
    return { broken: true };
  }

  static getDerivedStateFromProps({ text }: Props, state: State): State | null {
    return text === state.text ? null : { text, broken: false };
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}
