/** The rules that every synthesized environment must meet, and the exceptions somebody answers for. */
import type { IAspect, IConstruct } from "../framework";
import { isConfigRule } from "./config-rules";
import { EXIT, type Problem, UserError } from "./errors";
import type { HardeningContext } from "./hardening";

/** What a rule found. */
export interface Violation {
  /** Construct path, or the stack and the place in its file. */
  readonly resource: string;
  /** What is wrong, in one sentence. Never contains a value that may be a secret. */
  readonly message: string;
  readonly fix: string;
}

/** A stack as it is written. */
export interface StackDocument {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What rules may ask of the environment besides the tree. */
export interface PolicyContext extends HardeningContext {
  /** Every text that a person wrote into the environment's config. */
  readonly userText: readonly string[];
}

/** Something that every environment must meet. */
export interface Rule {
  readonly id: string;
  /** What the rule demands and why, in one sentence. */
  readonly description: string;
  /** Whether somebody may answer for an exception. Faults of the engine have none. */
  readonly waivable: boolean;
  /** Looks at one construct of the tree. @default - does not look at constructs */
  readonly check?: (node: IConstruct) => readonly Violation[];
  /** Looks at one stack as it is written. @default - does not look at files */
  readonly checkDocument?: (document: StackDocument, context: PolicyContext) => readonly Violation[];
}

/** An exception that somebody answers for, until a day. */
export interface Waiver {
  readonly rule: string;
  /** The resource, or one that holds it. @default - every resource */
  readonly resource?: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it counts, YYYY-MM-DD. */
  readonly until: string;
}

/** A violation that is let pass. */
export interface Waived extends Violation {
  readonly rule: string;
  readonly owner: string;
  readonly until: string;
}

interface Found extends Violation {
  readonly rule: Rule;
}

/**
 * Collects what the rules find in one environment. Add it as an aspect to each stack (the engine asks no aspect of the
 * app), hand it the files, then ask for the verdict.
 */
export class PolicyReview implements IAspect {
  private readonly found: Found[] = [];

  constructor(private readonly rules: readonly Rule[]) {}

  visit(node: IConstruct): void {
    for (const rule of this.rules) this.note(rule, rule.check?.(node) ?? []);
  }

  /** Looks at a stack as it is written. */
  read(document: StackDocument, context: PolicyContext): void {
    for (const rule of this.rules) this.note(rule, rule.checkDocument?.(document, context) ?? []);
  }

  /**
   * The violations that are let pass.
   * @param today YYYY-MM-DD
   * @throws UserError with exit code 3 and every problem: violations, and waivers that are expired, unused or of no rule
   */
  verdict(waivers: readonly Waiver[], today: string): readonly Waived[] {
    const used = new Set<Waiver>();
    const waived: Waived[] = [];
    const problems: Problem[] = [];
    for (const { rule, ...violation } of this.found) {
      const matching = waivers.filter((waiver) => matches(waiver, rule, violation));
      for (const waiver of matching) used.add(waiver);
      const valid = rule.waivable ? matching.find(({ until }) => until >= today) : undefined;
      if (valid) waived.push({ ...violation, rule: rule.id, owner: valid.owner, until: valid.until });
      else problems.push(refusal(rule, violation));
    }
    problems.push(...waivers.flatMap((waiver) => this.waiverProblems(waiver, used.has(waiver), today)));
    if (problems.length > 0) throw new UserError(problems, EXIT.refused);
    return waived;
  }

  private note(rule: Rule, violations: readonly Violation[]): void {
    for (const violation of violations) this.found.push({ ...violation, rule });
  }

  private waiverProblems({ rule, resource, until, owner }: Waiver, used: boolean, today: string): Problem[] {
    // Those count when the configuration is read: here nothing breaks their rules any more.
    if (isConfigRule(rule)) return [];
    const where = "policies.waivers";
    const known = this.rules.find(({ id }) => id === rule);
    const what = `the waiver of ${rule}${resource ? ` for ${resource}` : ""} (${owner})`;
    if (!known) {
      const waivable = this.rules.filter((other) => other.waivable).map(({ id }) => id);
      // Ids begin with what they are about: there are too many to read them all for a slip of the pen.
      const alike = waivable.filter((id) => id.split("-")[0] === rule.split("-")[0]);
      const list = (alike.length > 0 ? alike : waivable).join(", ");
      return [{ where, message: `${what} names no rule`, fix: `Rules that can be waived: ${list}` }];
    }
    if (!known.waivable) {
      return [
        {
          where,
          message: `${what} is of no use: this rule has no exceptions`,
          fix: "Remove the waiver and mend the cause",
        },
      ];
    }
    if (until < today) {
      return [{ where, message: `${what} ended on ${until}`, fix: "Mend the cause, or let its owner set a new day" }];
    }
    return used ? [] : [{ where, message: `${what} is not needed: nothing breaks the rule`, fix: "Remove the waiver" }];
  }
}

function matches(waiver: Waiver, rule: Rule, { resource }: Violation): boolean {
  if (waiver.rule !== rule.id) return false;
  return waiver.resource === undefined || resource === waiver.resource || resource.startsWith(`${waiver.resource}/`);
}

function refusal(rule: Rule, { resource, message, fix }: Violation): Problem {
  return { where: resource, message: `${rule.id}: ${message}`, fix };
}
