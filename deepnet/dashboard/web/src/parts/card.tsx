import type { ComponentChildren } from "preact";

interface CardProps {
  title: string;
  children: ComponentChildren;
  /** Beside the title. */
  aside?: ComponentChildren;
  class?: string;
}

/** A part of a screen, with a heading of its own. */
export function Card({ title, children, aside, class: more = "" }: CardProps) {
  return (
    <section class={`card ${more}`} aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
        {aside !== undefined && <div class="card-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** A figure and what it is. */
export function Fact({ name, children, hint }: { name: string; children: ComponentChildren; hint?: string }) {
  return (
    <div class="fact" {...(hint === undefined ? {} : { title: hint })}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}
