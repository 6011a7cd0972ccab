import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatInstant } from '../../model/index.js';
import { ServeError } from '../errors.js';
import type { BackupDesk, BackupJob } from './desk.js';

const wish = z.strictObject({ withKeys: z.boolean().default(false) });

/** A job as it is answered: sizes in bytes, times as RFC 3339. */
function jobText(job: BackupJob): object {
  const { id, state, startedAt } = job;
  const begun = { id, state, startedAt: formatInstant(startedAt) };
  switch (job.state) {
    case 'running':
      return { ...begun, ...(job.progress === undefined ? {} : { progress: job.progress }) };
    case 'failed':
      return { ...begun, finishedAt: formatInstant(job.finishedAt), why: job.why };
    case 'finished': {
      const { folder, bytes, sha256, manifest } = job.backup;
      const { files, missing, commits, events, samples, schema, withKeys, at } = manifest;
      const counts = { commits, events, samples, files: files.length, missing };
      return {
        ...{ ...begun, finishedAt: formatInstant(job.finishedAt), at, folder, bytes, sha256 },
        ...{ schema, withKeys, ...counts },
      };
    }
  }
}

/**
 * `POST /backups` begins a backup below the folder of the `backupDir` setting (202, or 409 while one is made);
 * `GET /backups/ID` and `GET /backups/last` tell how far it is, and in the end its folder, size, counts and hash.
 */
export function registerBackups(server: FastifyInstance, desk: BackupDesk): void {
  const config = { scope: 'admin' } as const;
  server.post('/backups', { config }, async (request, reply) => {
    // Pages of other sites may send any other type without asking first.
    if (request.headers['content-type']?.startsWith('application/json') !== true) {
      throw new ServeError(
        'unsupported-media-type',
        'Expected Content-Type: application/json, and {} at the least.',
      );
    }
    const read = wish.safeParse(request.body ?? {});
    if (!read.success) {
      throw new ServeError(
        'bad-request',
        'Expected a JSON object with, at most, withKeys as true or false: the folder is that of the setting backupDir.',
      );
    }
    const job = desk.begin(read.data.withKeys);
    return reply.code(202).header('location', `/backups/${job.id}`).send(jobText(job));
  });
  server.get<{ Params: { id: string } }>('/backups/:id', { config }, async ({ params }, reply) => {
    const { last } = desk;
    if (last === undefined || (params.id !== 'last' && params.id !== last.id)) {
      throw new ServeError(
        'not-found',
        `There is no backup ${params.id}; the one asked for last is at last.`,
      );
    }
    return reply.header('cache-control', 'no-store').send(jobText(last));
  });
}
