/** What would bring a pair over or under a threshold. */
import type { Comparison } from './evidence.ts';
import type { MatchingRules } from './rules.ts';
import type { Verdict } from './score.ts';

export interface Change {
  to: 'auto' | 'review' | 'below';
  /** One sentence. */
  what: string;
}

type Conclude = (changed: Comparison, rivals?: boolean) => Verdict;

interface Alternative {
  what: string;
  changed: Comparison;
}

/** Single changes that move the pair to the next decision up or down; one entry says so when no single one lifts it. */
export function whatWouldChange(
  seen: Comparison,
  verdict: Verdict,
  rules: MatchingRules,
  conclude: Conclude,
): Change[] {
  const now = stage(verdict);
  const changes: Change[] = [];
  if (now < 2) {
    const up = now === 1 ? 'auto' : 'review';
    for (const { what, changed } of better(seen, rules)) {
      const then = conclude(changed);
      if (stage(then) > now)
        changes.push({ to: stageName(then), what: `${what} would make it ${then.confidence.toFixed(1)}` });
    }
    const parted = conclude(seen, false);
    if (stage(parted) > now) {
      changes.push({
        to: stageName(parted),
        what: `Dates that show one license following the other would make it ${parted.confidence.toFixed(1)}`,
      });
    }
    if (changes.length === 0) changes.push({ to: up, what: unmoved(verdict) });
  }
  if (now > 0) {
    for (const { what, changed } of worse(seen, rules)) {
      const then = conclude(changed);
      if (stage(then) < now)
        changes.push({ to: stageName(then), what: `${what} would make it ${then.confidence.toFixed(1)}` });
    }
  }
  return changes;
}

function unmoved({ cap }: Verdict): string {
  return cap ? `No single value lifts it while ${cap.why}` : 'No single value lifts it: several would have to agree';
}

function stage({ decision }: Verdict): 0 | 1 | 2 {
  if (decision === 'auto') return 2;
  return decision === 'review' ? 1 : 0;
}

function stageName(verdict: Verdict): Change['to'] {
  return (['below', 'review', 'auto'] as const)[stage(verdict)];
}

function better(seen: Comparison, { name, location, phone, email }: MatchingRules): Alternative[] {
  const found: Alternative[] = [];
  if (seen.phone.bits < phone.equal) {
    found.push({ what: 'An equal phone number', changed: { ...seen, phone: level('phone_equal', phone.equal) } });
  }
  if (seen.email.bits < email.equal) {
    found.push({ what: 'An equal e-mail address', changed: { ...seen, email: level('email_equal', email.equal) } });
  }
  if (seen.location.place !== 'same') {
    const same = { ...level('same_address', location.same), place: 'same' as const };
    found.push({ what: 'The same address', changed: { ...seen, location: same } });
  }
  if (seen.name.level !== 'name_equal' || seen.numbers) {
    const equal = { ...level('name_equal', name.equal), similarity: 1, bothHaveOwn: false, outlet: null };
    found.push({ what: 'An equal name', changed: { ...seen, name: equal, numbers: null } });
  }
  return found;
}

function worse(seen: Comparison, { name, location, phone, email, ...rules }: MatchingRules): Alternative[] {
  const found: Alternative[] = [];
  if (seen.phone.bits > 0) {
    found.push({ what: 'Another phone number', changed: { ...seen, phone: level('phone_differs', phone.different) } });
  }
  if (seen.email.bits > 0) {
    found.push({
      what: 'Another e-mail address',
      changed: { ...seen, email: level('email_user_differs', email.userDiffers) },
    });
  }
  if (seen.location.place !== 'other') {
    const other = { ...level('other_address', location.otherAddress), place: 'other' as const };
    found.push({ what: 'Another address', changed: { ...seen, location: other } });
  }
  if (seen.name.bits > 0) {
    const different = { ...level('name_different', name.different), similarity: 0, bothHaveOwn: true, outlet: null };
    found.push({ what: 'A different name', changed: { ...seen, name: different } });
  }
  if (!seen.numbers && seen.name.level !== 'name_missing') {
    const numbers = level('numbers_differ', rules.numbersDiffer);
    found.push({ what: 'Different numbers in the names', changed: { ...seen, numbers } });
  }
  return found;
}

function level(id: string, bits: number): { level: string; bits: number; sharedBy: null } {
  return { level: id, bits, sharedBy: null };
}
