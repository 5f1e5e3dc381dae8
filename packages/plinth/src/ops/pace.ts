/** So much sooner while the event loop rests, or rests most of its time, and so much later while it is late. */
const SOONER = 0.9
const MUCH_SOONER = 0.5
const LATER = 1.05
/**
 * The gap between two, in what one of them costs. As small as this it asks for more than can be done, and whatever rest there still
 * is comes from elsewhere; as large as that it leaves half of the time.
 */
const OFTENEST = 0.6
const RAREST = 2

/**
 * How often requests are begun: about as often as the event loop can end them. A bound on how many are under way is not enough: as many
 * as it allows are begun in one turn, wait together and are due together, and the loop is late with all of them and rests until the
 * next. Begun one after the other, as far apart as their work takes, they keep it busy and never late.
 */
export class Pace {
  readonly #togetherMs: number
  /** Milliseconds between two; 0 holds nobody back. */
  #gap = 0
  /** How many may be begun by now. */
  #due = 1
  #turnedAt = 0

  /** So much work may be begun in one turn, or one request. */
  constructor(togetherMs: number) {
    this.#togetherMs = togetherMs
  }

  /** Whether it holds anybody back. */
  get holds(): boolean {
    return this.#gap > 0
  }

  /** Whether one more may be begun in this turn. */
  get ready(): boolean {
    return this.#gap === 0 || this.#due >= 1
  }

  take(): void {
    if (this.#gap > 0) this.#due--
  }

  /** A turn of the event loop has begun. Within one, nothing becomes due: handlers that do not wait would fill it for ever. */
  turn(now: number): void {
    if (this.#gap > 0) this.#due = Math.min(Math.max(1, this.#togetherMs / this.#gap), this.#due + (now - this.#turnedAt) / this.#gap)
    this.#turnedAt = now
  }

  /** The loop rested. `cost` is what a request takes of it; `some` and `most` is how much of its time that was. */
  sooner(cost: number, some: boolean, most: boolean): void {
    const gap = Math.min(this.#gap, cost) * (most ? MUCH_SOONER : SOONER)
    this.#gap = some ? gap : Math.min(this.#gap, Math.max(gap, cost * OFTENEST))
  }

  /** The loop was late. */
  later(cost: number): void {
    this.#gap = this.#gap === 0 ? cost : Math.min(Math.max(this.#gap * LATER, cost * OFTENEST), cost * RAREST)
  }

  /** From now on as often as is asked. */
  free(): void {
    this.#gap = 0
    this.#due = 1
  }
}
