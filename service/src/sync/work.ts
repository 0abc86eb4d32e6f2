import type { BookDocument } from '../../../lib';

/** A document that asks for work to be done. Its owner adds what the work is about. */
export interface WorkBody {
  /** When it is to be done next. Absent: not at all. */
  due?: string;
  /** Who is at it. Another process takes over once `until` has passed: its owner is gone. */
  claim?: { owner: string; until: string };
}

/** One kind of work. The supervisor says when; no two processes do one document's work at the same time. */
export interface Work<Body extends WorkBody = WorkBody> {
  /** Kind of the documents. */
  readonly kind: string;
  /**
   * Does it, to its end or until stop() is called. Gives what is to be written down afterwards, as an edit of the
   * body as it stands then; `due` says when there is more to do.
   */
  perform(document: BookDocument<Body>): Promise<(body: Body) => Body>;
  /** Asks work that is under way to end soon, in good order. */
  stop(id: string): Promise<void>;
  /** Is work that is under way no longer wanted? */
  unwanted(body: Body): boolean;
}
