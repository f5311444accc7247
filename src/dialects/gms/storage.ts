/**
 * The storage of a service: texts, which GET shows, and files, which GET of `binary/<key>` alone shows.
 */
import type { StoredFile } from '../../../machines/service/events.ts';
import { type ServiceEntry, service } from '../../../projections/services.ts';
import type { BlobKeeper } from '../../blobs/keeper.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Answer, json, notFound, OK } from './answers.ts';
import { type Ask, changed, type Handler, param } from './ask.ts';
import { unknownService } from './errors.ts';
import type { Form } from './form.ts';

/** What a form asks to be stored, as fields of an event. */
export function storedOf({ texts, files }: Form): { readonly texts: JsonObject; readonly files: JsonObject } {
  return {
    texts: Object.fromEntries(texts),
    files: Object.fromEntries(
      [...files].map(([key, { blob, contentType, fileName }]) => {
        const file: StoredFile = { digest: blob.digest, bytes: blob.bytes, contentType, fileName };
        return [key, file];
      }),
    ),
  };
}

/** `POST /service/{id}/storage`: adds and replaces keys, all or none. */
export const store: Handler = (ask) =>
  ifAlive(ask, ({ id }) => changed(ask, id, { type: 'store', ...storedOf(ask.form) }, { kind: 'empty' }));

/** `GET /service/{id}/storage` */
export const listKeys: Handler = (ask) => withService(ask, ({ texts }) => json(texts));

/** `GET /service/{id}/storage/{key}`. `raw`: the bare value, as the printed example has it. */
export function queryKey(form: 'json' | 'raw'): Handler {
  return (ask) =>
    withService(ask, ({ texts }) => {
      const key = param(ask, 'key');
      // The segment belongs to the files: a key of that name is found among all keys only (contract §2.5, 5).
      const value = key !== 'binary' && Object.hasOwn(texts, key) ? texts[key] : undefined;
      if (value === undefined) return notFound('The key does not exist');
      return form === 'raw' ? { kind: 'text', text: value } : json({ [key]: value });
    });
}

/** `GET /service/{id}/storage/binary/{key}` */
export function queryBinary(keeper: BlobKeeper): Handler {
  return (ask) =>
    withService(ask, async ({ files }) => {
      const key = param(ask, 'key');
      const file = Object.hasOwn(files, key) ? files[key] : undefined;
      // A file of the past may be gone although its key is shown: files go with the last service that keeps them.
      const content = file === undefined ? undefined : await keeper.get(file.digest);
      if (file === undefined || content === undefined) return notFound('The key does not exist');
      return { kind: 'file', contentType: file.contentType, bytes: file.bytes, content };
    });
}

/** `DELETE /service/{id}/storage/{key}` */
export const removeKey: Handler = (ask) =>
  ifAlive(ask, ({ id, texts, files }) => {
    const key = param(ask, 'key');
    const isThere = Object.hasOwn(texts, key) || Object.hasOwn(files, key);
    return isThere ? changed(ask, id, { type: 'removeKey', key }) : OK;
  });

/** `DELETE /service/{id}/storage` */
export const clear: Handler = (ask) => ifAlive(ask, ({ id }) => changed(ask, id, { type: 'clearStorage' }));

type WithService = (found: ServiceEntry) => Answer | Promise<Answer>;

function withService(ask: Ask, answer: WithService): Answer | Promise<Answer> {
  const found = service(ask.view, ask.tenant, param(ask, 'service'));
  return found === undefined ? unknownService() : answer(found);
}

function ifAlive(ask: Ask, answer: WithService): Answer | Promise<Answer> {
  const found = service(ask.live, ask.tenant, param(ask, 'service'));
  return found === undefined ? unknownService() : answer(found);
}
