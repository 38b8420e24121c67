/** Lines of a picture, the last of them not included. */
export type LineRange = { readonly from: number; readonly end: number };
