/** Answers each event of a subscription as a request of its own: with its own time, budget and receipts read. */
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GraphqlContext } from './context.js';

function answered(
  events: AsyncIterator<unknown>,
  answer: (event: unknown) => ExecutionResult | Promise<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult> {
  // No generator: one that waits for the next event cannot be ended before it comes.
  return {
    next: async () => {
      const { value, done } = await events.next();
      return done === true ? { value: undefined, done } : { value: await answer(value), done: false };
    },
    return: async () => {
      await events.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function subscribeRenewed(args: ExecutionArgs, renewed: () => GraphqlContext) {
  const stream = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in stream)) return stream;
  return answered(stream[Symbol.asyncIterator](), (rootValue) =>
    execute({ ...args, rootValue, contextValue: renewed() }),
  );
}

/** Takes the place of the engine's own way to subscribe, which answers every event with the context of the first. */
export function renewContexts(renew: (context: GraphqlContext) => GraphqlContext): Plugin<GraphqlContext> {
  return {
    onSubscribe: ({ args: { contextValue }, setSubscribeFn }) => {
      setSubscribeFn((args: ExecutionArgs) => subscribeRenewed(args, () => renew(contextValue)));
    },
  };
}
