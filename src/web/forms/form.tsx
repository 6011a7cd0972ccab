/** A form as it is told of: groups of fields, what is wrong with all of it, and what became of it. */
import './forms.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ProblemBox } from '../states/states.js';
import { Field, type FieldWords, fieldId } from './fields.js';
import type { Draft, FormState } from './use-form.js';

/** Fields that belong together. */
export interface Group<N extends string> {
  readonly legend?: string;
  readonly fields: readonly FieldWords<N>[];
}

/** How many fields need another value, each a way to it. It takes the focus, so that whoever hears the page hears it. */
function Summary({ form, fields }: SummaryProps) {
  const box = useRef<HTMLElement>(null);
  // Each refusal.
  useEffect(() => {
    if (form.refusals > 0) box.current?.focus();
  }, [form.refusals]);
  const wrong = fields.filter(({ name }) => form.faults[name] !== undefined);
  const unplaced = form.faults[''];
  if (wrong.length === 0 && unplaced === undefined) return null;
  return (
    <section class="fault-summary" ref={box} tabIndex={-1} aria-label="What is wrong">
      {unplaced !== undefined && (
        <ProblemBox problem={{ title: 'The server refused it', detail: unplaced }} />
      )}
      {wrong.length > 0 && (
        <>
          <strong class="fault">
            {wrong.length === 1 ? 'One field needs' : `${wrong.length} fields need`} another value.
          </strong>
          <ul>
            {wrong.map(({ name, label }) => (
              <li key={name}>
                <button
                  type="button"
                  class="as-link"
                  onClick={() => document.getElementById(fieldId(name))?.focus()}
                >
                  {label}
                </button>{' '}
                <span>{form.faults[name]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface SummaryProps {
  readonly form: Pick<FormState<unknown>, 'faults' | 'refusals'>;
  readonly fields: readonly FieldWords[];
}

/** The form. */
export function Form<D extends Draft<D>>({
  label,
  form,
  groups,
  submit,
  done,
}: {
  readonly label: string;
  readonly form: FormState<D>;
  readonly groups: readonly Group<string & keyof D>[];
  /** What its button says. */
  readonly submit: string;
  /** What is said once it was taken. */
  readonly done?: ComponentChildren;
}) {
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void form.submit();
  };
  return (
    <form class="form section" aria-label={label} noValidate onSubmit={onSubmit}>
      <Summary form={form} fields={groups.flatMap(({ fields }) => fields)} />
      {groups.map(({ legend, fields }) => (
        <fieldset key={legend}>
          {legend !== undefined && <legend>{legend}</legend>}
          <div class="fields">
            {fields.map((words) => (
              <Field key={words.name} {...words} {...form.hold(words.name)} />
            ))}
          </div>
        </fieldset>
      ))}
      <div role="status">{done !== undefined && <p class="done">{done}</p>}</div>
      <div class="row">
        <button type="submit" class="primary" disabled={form.isSending}>
          {submit}
        </button>
      </div>
    </form>
  );
}
