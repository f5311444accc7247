/** Who is told what happens, and how far behind each is. */
import { deliveriesProblem, deliveriesShown, subscribers } from '../model/deliveries.ts';
import { head } from '../model/session.ts';
import { Dialog } from './dialog.tsx';
import { count } from './times.ts';

export function Deliveries() {
  return (
    <Dialog shown={deliveriesShown} label="Deliveries" wide>
      <h2>Deliveries</h2>
      <p class="faint">
        Webhooks and NATS consumers of this tenant, and how far each has been told. The log stands at #
        {count(head.value)}.
      </p>
      {deliveriesProblem.value === '' ? <Table /> : <p class="bad">{deliveriesProblem.value}</p>}
    </Dialog>
  );
}

function Table() {
  const { value } = subscribers;
  if (value === undefined) return <p class="empty">Reading …</p>;
  if (value.length === 0) {
    return (
      <p class="empty">
        Nobody subscribed yet. <code>npx ledgerline webhook add</code> and <code>npx ledgerline consumer add</code> do.
      </p>
    );
  }
  return (
    <table class="deliveries">
      <thead>
        <tr>
          <th>Subscriber</th>
          <th class="number">Told up to</th>
          <th class="number">Behind</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        {value.map(({ kind, name, position, behind, says, healthy }) => (
          <tr key={`${kind} ${name}`} data-subscriber={name}>
            <td>
              <span class="faint">{kind}</span>
              <br />
              {name}
            </td>
            <td class="number">{position === undefined ? '–' : `#${count(position)}`}</td>
            <td class="number">{behind === 0 ? '0' : count(behind)}</td>
            <td>
              <i class={`dot ${healthy ? 'ready' : 'waiting'}`} aria-hidden="true" /> {says}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
