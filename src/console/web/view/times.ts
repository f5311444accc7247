/** Times as people read them: in their own zone, to the second or finer where that matters. */
const TWO = (value: number): string => String(value).padStart(2, '0');

export function clockTime(ms: number, withMs = false): string {
  const at = new Date(ms);
  const text = `${TWO(at.getHours())}:${TWO(at.getMinutes())}:${TWO(at.getSeconds())}`;
  return withMs ? `${text}.${String(at.getMilliseconds()).padStart(3, '0')}` : text;
}

export function dayOf(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${TWO(at.getMonth() + 1)}-${TWO(at.getDate())}`;
}

export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}:${TWO(seconds % 60)}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${TWO(Math.floor((seconds % 3_600) / 60))}`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function count(value: number): string {
  return value.toLocaleString('en-GB').replaceAll(',', '\u202f');
}

/** The server writes times in UTC; the page shows them as everything else on it. */
export function inLocalTime(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => clockTime(Date.parse(time)));
}
