import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";

interface ButtonProps {
  children: ComponentChildren;
  onClick: () => unknown;
  kind?: "plain" | "primary" | "danger" | "quiet";
  disabled?: boolean;
  /** What it does, where its face does not say so. */
  label?: string;
  pressed?: boolean;
  title?: string;
}

export function Button({ children, onClick, kind = "plain", disabled = false, label, pressed, title }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      disabled={disabled}
      onClick={() => void onClick()}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      {...(title === undefined ? {} : { title })}
    >
      {children}
    </button>
  );
}

interface ConfirmProps extends Omit<ButtonProps, "label" | "pressed"> {
  /** What will be done, and what it means. */
  question: string;
  /** The word on the button that does it. */
  answer: string;
}

/** A button that asks once before it does something. */
export function ConfirmButton({ question, answer, onClick, kind = "danger", ...rest }: ConfirmProps) {
  const asks = useSignal(false);
  return (
    <>
      <Button {...rest} kind={kind} onClick={() => (asks.value = true)} />
      {asks.value && (
        <Dialog title={question} onClose={() => (asks.value = false)}>
          <div class="row end">
            <Button onClick={() => (asks.value = false)}>{t("common.cancel")}</Button>
            <Button
              kind={kind}
              onClick={() => {
                asks.value = false;
                void onClick();
              }}
            >
              {answer}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface DialogProps {
  title: string;
  onClose: () => unknown;
  children: ComponentChildren;
}

/** A window over the page; Escape closes it, and the keyboard stays within. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={title}
      onClick={(event) => {
        if (event.target === event.currentTarget) void onClose(); // beside it
      }}
      onCancel={(event) => {
        event.preventDefault();
        void onClose();
      }}
    >
      <div class="dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
