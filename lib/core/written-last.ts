import { type IResolvable, Token } from "../framework";

/**
 * A text that is made when its layer is complete: what it lists may grow after the construct that names it was made.
 * @param what said instead of it where no stack is written
 */
export function writtenLast(what: string, text: () => string): string {
  return Token.asString(new WrittenLast(what, text));
}

class WrittenLast implements IResolvable {
  readonly creationStack = [];

  constructor(
    private readonly what: string,
    private readonly text: () => string,
  ) {}

  resolve(): string {
    return this.text();
  }

  toString(): string {
    return Token.asString(this);
  }

  toJSON(): string {
    return `<${this.what}>`;
  }
}
