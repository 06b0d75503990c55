/** A definition that is not there yet. */
import { PageFrame } from "@/parts/page";
import { Editor } from "./definition-editor";

export default function NewDefinitionPage() {
  return (
    <PageFrame ready>
      <Editor />
    </PageFrame>
  );
}
