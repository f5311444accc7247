/** The form of what a service remembers (context.ts): a record of which the state has another is none. */
import type { FormOf } from '../../src/model/form.ts';
import type { ServiceContext } from './context.ts';

export const serviceForm: FormOf<ServiceContext> = {
  fields: {
    configuration: 'text',
    service: 'text',
    user: { orNull: 'text' },
    phoneNumber: { orNull: 'text' },
    createdAt: 'number',
    expiresAt: { orNull: 'number' },
    texts: { mapOf: 'text' },
    files: { mapOf: { fields: { digest: 'text', bytes: 'number', contentType: 'text', fileName: 'text' } } },
    reservation: { orNull: { fields: { accessNumber: 'text', expiresAt: { orNull: 'number' } } } },
    call: { orNull: 'text' },
    chat: { orNull: { fields: { id: 'text', open: 'flag' } } },
    endedAt: { orNull: 'number' },
  },
};
