/** What is wrong at a field. */
export function Wrong({ messages }: { messages: readonly string[] }) {
  return messages.map((message) => (
    <span key={message} className="field-wrong" role="alert">
      {message}
    </span>
  ));
}
