/** A field of a form: a label, what is meant, and what is wrong. */

/** What a field is; in words, as a form is told of by its model. */
export interface FieldWords<N extends string = string> {
  /** Its name among the faults of its form. */
  readonly name: N;
  readonly label: string;
  /** What is meant by it, below the field. */
  readonly hint?: string;
  readonly isNeeded?: boolean;
  readonly isLocked?: boolean;
  readonly placeholder?: string;
  readonly inputMode?: 'decimal' | 'numeric';
  /** Values of which one is chosen. */
  readonly choices?: readonly (readonly [value: string, label: string, ...unknown[]])[];
  /** Values that are proposed, where anything else may be written too. */
  readonly proposals?: readonly string[];
  /** Lines of a longer text; one line unless given. */
  readonly rows?: number;
}

/** What a field holds now. */
export interface Held {
  readonly value: string;
  readonly fault?: string | undefined;
  readonly set: (value: string) => void;
}

/** The id of the element that a fault of a field leads to. */
export const fieldId = (name: string): string => `field-${name}`;

type Props = FieldWords & Held;

function attributesOf({ name, fault, hint, isNeeded }: Props) {
  return {
    ...{ id: fieldId(name), name, autocomplete: 'off', required: isNeeded },
    'aria-invalid': fault !== undefined,
    'aria-describedby': fault === undefined && hint === undefined ? undefined : `said-${name}`,
  };
}

function Line(field: Props) {
  const { name, value, set, proposals, placeholder, inputMode, isLocked = false } = field;
  const list = proposals === undefined ? undefined : `list-${name}`;
  return (
    <>
      <input
        {...attributesOf(field)}
        {...{ value, placeholder, inputMode, list }}
        readOnly={isLocked}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      {proposals !== undefined && (
        <datalist id={list}>
          {proposals.map((proposal) => (
            <option key={proposal} value={proposal} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Choice(field: Props) {
  const { value, set, choices = [] } = field;
  return (
    <select {...attributesOf(field)} value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
      {choices.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Lines(field: Props) {
  const { value, rows, placeholder, set } = field;
  return (
    <textarea
      {...attributesOf(field)}
      {...{ value, rows, placeholder }}
      spellcheck={false}
      onInput={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

/** A field of any sort. */
export function Field(field: Props) {
  const { name, label, hint, fault, isNeeded = false, choices, rows } = field;
  return (
    <div class="field" data-rows={rows}>
      <label for={fieldId(name)}>
        {label}
        {isNeeded && <small class="soft"> needed</small>}
      </label>
      {choices !== undefined ? (
        <Choice {...field} />
      ) : rows === undefined ? (
        <Line {...field} />
      ) : (
        <Lines {...field} />
      )}
      {(fault ?? hint) !== undefined && (
        <span id={`said-${name}`} class={fault === undefined ? 'soft small' : 'fault small'}>
          {fault !== undefined && <span aria-hidden="true">✕ </span>}
          {fault ?? hint}
        </span>
      )}
    </div>
  );
}
