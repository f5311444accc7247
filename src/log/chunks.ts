/** What is read in chunks, one by one. */
export async function* oneByOne<Item>(chunks: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, void> {
  for await (const chunk of chunks) yield* chunk;
}
