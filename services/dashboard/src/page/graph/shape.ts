/** The size of a box in the units of the drawing, which are pixels at its natural size. */
export const BOX = { width: 208, height: 56 };

/** What there is to lay out. */
export interface Shape {
  keys: string[];
  links: { from: string; to: string }[];
}

/** The upper left corner of each box. */
export type Places = Record<string, { x: number; y: number }>;
