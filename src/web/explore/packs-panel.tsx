/** The query packs: found by a word, filled by a form, put into the editor. */
import { useMemo, useState } from 'preact/hooks';
import { useRange } from '../time/range.js';
import { faultOf, filledPack, firstValues, type Pack, type PackParameter } from './packs.js';

function Field({
  parameter,
  value,
  isShown,
  services,
  set,
}: {
  readonly parameter: PackParameter;
  readonly value: string;
  /** Whether what is wrong with it is told. */
  readonly isShown: boolean;
  readonly services: readonly string[];
  readonly set: (value: string) => void;
}) {
  const fault = isShown ? faultOf(parameter, value.trim()) : undefined;
  const id = `parameter-${parameter.name}`;
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  return (
    <label class="field">
      <span>{parameter.name}</span>
      <input
        value={value}
        placeholder={parameter.example}
        list={parameter.type === 'service' ? `${id}-list` : undefined}
        inputMode={isNumber ? 'decimal' : 'text'}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-said`}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      {parameter.type === 'service' && (
        <datalist id={`${id}-list`}>
          {services.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <span id={`${id}-said`} class={fault === undefined ? 'soft small' : 'fault small'}>
        {fault ?? parameter.description}
      </span>
    </label>
  );
}

function PackForm({
  pack,
  services,
  use,
}: {
  readonly pack: Pack;
  readonly services: readonly string[];
  readonly use: (query: string) => void;
}) {
  const range = useRange('24h');
  const [values, setValues] = useState(() => firstValues(pack, range));
  const [isShown, show] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    show(true);
    const query = filledPack(pack, values);
    if (query !== undefined) use(query);
  };
  return (
    <form class="pack-form" onSubmit={submit} noValidate>
      <p class="soft small">{pack.description}</p>
      {pack.parameters.map((parameter) => (
        <Field
          key={parameter.name}
          {...{ parameter, isShown, services }}
          value={values[parameter.name] ?? ''}
          set={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
        />
      ))}
      <button type="submit" class="primary">
        Ask
      </button>
    </form>
  );
}

/** The list of packs, one of them open. */
export function PacksPanel({
  packs,
  services,
  use,
}: {
  readonly packs: readonly Pack[];
  readonly services: readonly string[];
  readonly use: (query: string) => void;
}) {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState<string>();
  const found = useMemo(() => {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return packs.filter(({ name, summary, description }) => {
      const text = `${name} ${summary} ${description}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [packs, typed]);
  return (
    <div class="packs">
      <input
        type="search"
        aria-label="Find a question"
        placeholder="Find a question"
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <ul class="pack-list">
        {found.map((pack) => (
          <li key={pack.name}>
            <button
              type="button"
              class="link"
              aria-expanded={open === pack.name}
              onClick={() => setOpen(open === pack.name ? undefined : pack.name)}
            >
              {pack.summary}
            </button>
            <span class="soft small">{pack.name}</span>
            {open === pack.name && <PackForm pack={pack} services={services} use={use} />}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="soft">No question has these words.</p>}
    </div>
  );
}
