// A target of a workload and how far it was met.

/**
 * @param {string} what  "CPU per record against bare undici"
 * @param {'at least' | 'at most'} side
 * @param {number} wanted
 * @param {{median: number, min: number, max: number}} got
 * @param {string} unit  "x", "records/s", "%", ...
 */
export function target(what, side, wanted, got, unit) {
  const ratio =
    side === 'at least' ? got.median / wanted : wanted === 0 ? Number(got.median === 0) : wanted / got.median;
  const met = side === 'at least' ? got.median >= wanted : got.median <= wanted;
  return { what, side, wanted, got, unit, ratio, met };
}

/** A single number as a summary. */
export const exactly = (number) => ({ median: number, min: number, max: number });
