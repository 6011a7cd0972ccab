/** Fields of forms: a label, what is meant, and what is wrong. */
import type { ComponentChildren } from 'preact';

interface FieldProps {
  /** Its name among the faults of its form. */
  readonly name: string;
  readonly label: string;
  /** What is meant by it, below the field. */
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly isNeeded?: boolean;
}

function Framed({
  name,
  label,
  hint,
  fault,
  isNeeded = false,
  children,
}: FieldProps & { readonly children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={`field-${name}`}>
        {label}
        {isNeeded && <small class="soft"> needed</small>}
      </label>
      {children}
      <span id={`said-${name}`} class={fault === undefined ? 'soft small' : 'fault small'}>
        {fault ?? hint}
      </span>
    </div>
  );
}

const ids = (name: string, fault: string | undefined) => ({
  id: `field-${name}`,
  name,
  'aria-invalid': fault !== undefined,
  'aria-describedby': `said-${name}`,
});

interface Valued extends FieldProps {
  readonly value: string;
  readonly set: (value: string) => void;
}

/** A line of text; `choices` are proposed, and anything else may be written. */
export function TextField({
  value,
  set,
  choices,
  placeholder,
  inputMode,
  isLocked = false,
  ...field
}: Valued & {
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly inputMode?: 'decimal' | 'numeric' | 'text';
  readonly isLocked?: boolean;
}) {
  const list = `list-${field.name}`;
  return (
    <Framed {...field}>
      <input
        {...ids(field.name, field.fault)}
        {...{ value, placeholder, inputMode }}
        readOnly={isLocked}
        required={field.isNeeded}
        list={choices === undefined ? undefined : list}
        autocomplete="off"
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      {choices !== undefined && (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </Framed>
  );
}

/** Some lines of text. */
export function LongField({
  value,
  set,
  rows = 3,
  placeholder,
  ...field
}: Valued & { readonly rows?: number; readonly placeholder?: string }) {
  return (
    <Framed {...field}>
      <textarea
        {...ids(field.name, field.fault)}
        {...{ value, rows, placeholder }}
        spellcheck={false}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
    </Framed>
  );
}

/** One of a few values. */
export function ChoiceField({
  value,
  set,
  choices,
  ...field
}: Valued & { readonly choices: readonly (readonly [value: string, label: string])[] }) {
  return (
    <Framed {...field}>
      <select
        {...ids(field.name, field.fault)}
        value={value}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      >
        {choices.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </select>
    </Framed>
  );
}
