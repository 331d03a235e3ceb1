/**
 * Cells: each is one Redis with its socket tier, and guests of two never meet. An id says where it lives (`usr_eu1-…`);
 * where there is one cell only it has no name, and ids say nothing.
 */
export interface Cell {
  name: string;
  socketUrl: string;
  redisUrl: string;
}

export const cellName = /^[a-z][a-z0-9]{0,7}$/;

/** @returns "" where the id names none: without a cell ids are too short to be misread */
export const cellOf = (id: string): string => /^[a-z]+_([a-z][a-z0-9]{0,7})-[A-Za-z0-9_-]{22,}$/.exec(id)?.[1] ?? "";
