/** A file as the builder hands it over: its address. */
declare module '*?url' {
  const address: string;
  export default address;
}
