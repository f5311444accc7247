import { describe, expect, test } from 'vitest';
import { traceOf } from '../../src/http/trace.ts';

const random = (count: number) => new Uint8Array(count).fill(0xab);
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('trace context', () => {
  test('the trace of the caller goes on with a span of ours', () => {
    const given = traceOf({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, random);
    expect(given).toEqual({ requestId: TRACE, traceparent: `00-${TRACE}-${'ab'.repeat(8)}-01` });
  });

  test.each([
    undefined,
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
  ])('without a usable one (%s) there is a request id and no trace', (traceparent) => {
    expect(traceOf(traceparent === undefined ? {} : { traceparent }, random)).toEqual({ requestId: 'ab'.repeat(16) });
  });
});
