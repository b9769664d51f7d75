/** What the build puts in: a style sheet's text, and the panel's file name with its hash. */
declare module "*.css" {
  const text: string;
  export default text;
}
declare const PANEL: string;
