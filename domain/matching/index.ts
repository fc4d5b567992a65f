/** The matching engine: what others may use of it. Pure; every function gives the same for the same input, in whatever order. */
export { type Business, type Prepared, prepare, type Standing } from './business.ts';
export { type Evidence, levelInWords } from './explain.ts';
export type { AppliedCap } from './guards.ts';
export { type CandidateKey, candidateKeys, type KeyKind, keyHash } from './keys.ts';
export { type MatchedPair, type MatchOptions, type MatchStep, type MatchSummary, matchAll } from './match-all.ts';
export { DEFAULT_RULES, type MatchingRules } from './rules.ts';
export { confidenceOf, type Decision, decisionOf, type PairScore, scorePair } from './score.ts';
export { type Countable, type CountKind, countables, countRecords, type Statistics } from './statistics.ts';
export type { Change } from './would-change.ts';
