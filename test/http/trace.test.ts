import { describe, expect, test } from 'vitest';
import { tracer } from '../../src/http/trace.ts';

const trace = () => tracer((count) => new Uint8Array(count).fill(0xab));
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('trace context', () => {
  test('the trace of the caller goes on with a span of ours, another for each request', () => {
    const traceOf = trace();
    const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
    expect(traceOf(headers)).toEqual({ requestId: TRACE, traceparent: `00-${TRACE}-abababab00000000-01` });
    expect(traceOf(headers)).toEqual({ requestId: TRACE, traceparent: `00-${TRACE}-abababab00000001-01` });
  });

  test.each([
    undefined,
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
  ])('without a usable one (%s) there is a request id and no trace', (traceparent) => {
    const headers = traceparent === undefined ? {} : { traceparent };
    expect(trace()(headers)).toEqual({ requestId: `${'ab'.repeat(12)}00000000` });
  });
});
