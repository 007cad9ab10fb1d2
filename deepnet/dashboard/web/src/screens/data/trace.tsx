// Every message of one row through the actors, in the order in which they were handled.

import { useSignal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { Table } from "../../parts/table.tsx";

export interface TracedMessage {
  number: number;
  sender: string;
  receiver: string;
  kind: string;
  text: string;
}

/** What a message says, without who says it to whom. */
function said({ sender, receiver, text }: TracedMessage): string {
  return text.replace(`${sender} -> ${receiver} `, "");
}

export function Trace({ messages }: { messages: readonly TracedMessage[] }) {
  const at = useSignal(0);
  const one = messages[at.value];
  if (one === undefined) return null;
  return (
    <div class="stack trace">
      <label class="field">
        <span>{t("data.message_of", { number: at.value + 1, total: messages.length })}</span>
        <input
          type="range"
          min="0"
          max={messages.length - 1}
          value={at.value}
          aria-valuetext={one.text}
          onInput={(event) => (at.value = Number(event.currentTarget.value))}
        />
      </label>
      <p class="message">
        <b>{one.sender} → {one.receiver}</b> <span class="mono">{said(one)}</span>
      </p>
      <details>
        <summary>{t("data.all_messages")}</summary>
        <Table
          label={t("data.all_messages")}
          rows={messages}
          rowKey={(message) => message.number}
          columns={[
            { name: "#", show: (message) => message.number, number: true },
            { name: t("data.from"), show: (message) => message.sender },
            { name: t("data.to"), show: (message) => message.receiver },
            { name: t("data.message"), show: said },
          ]}
        />
      </details>
    </div>
  );
}
