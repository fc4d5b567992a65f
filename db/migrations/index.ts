import type { Migration } from 'kysely';
import * as m001 from './001_sync_operations.ts';
import * as m002 from './002_sync_pages.ts';
import * as m003 from './003_sync_rows.ts';
import * as m004 from './004_sync_errors.ts';
import * as m005 from './005_sync_batches.ts';
import * as m006 from './006_external_licenses.ts';
import * as m007 from './007_licenses.ts';
import * as m008 from './008_license_links.ts';
import * as m009 from './009_sync_matches.ts';
import * as m010 from './010_plan_changes.ts';
import * as m011 from './011_license_changes.ts';
import * as m012 from './012_field_conflicts.ts';
import * as m013 from './013_upstream_state.ts';
import * as m014 from './014_api_tokens.ts';
import * as m015 from './015_schema_drift.ts';
import * as m016 from './016_sync_plans.ts';
import * as m017 from './017_guard_approvals.ts';
import * as m018 from './018_match_overrides.ts';
import * as m019 from './019_alerts.ts';
import * as m020 from './020_idempotency_keys.ts';
import * as m021 from './021_typed_values.ts';
import * as m022 from './022_data_versions.ts';
import * as m023 from './023_match_subjects.ts';
import * as m024 from './024_match_keys.ts';
import * as m025 from './025_match_words.ts';
import * as m026 from './026_match_stale.ts';
import * as m027 from './027_match_state.ts';
import * as m028 from './028_match_pairs.ts';
import * as m029 from './029_duplicate_cases.ts';
import * as m030 from './030_duplicate_members.ts';
import * as m031 from './031_review_decisions.ts';
import * as m032 from './032_pair_verdicts.ts';
import * as m033 from './033_merges.ts';
import * as m034 from './034_bulk_reviews.ts';
import * as m035 from './035_bulk_review_items.ts';
import * as m036 from './036_links_agreed_version.ts';
import * as m037 from './037_push_ledger.ts';
import * as m038 from './038_sync_pushes.ts';
import * as m039 from './039_errors_phase.ts';
import * as m040 from './040_operations_pushed.ts';
import * as m041 from './041_web_sessions.ts';
import * as m042 from './042_events.ts';
import * as m043 from './043_webhooks.ts';
import * as m044 from './044_webhook_deliveries.ts';
import * as m045 from './045_metric_counts.ts';
import * as m046 from './046_worker_processes.ts';
import * as m047 from './047_operations_noted.ts';
import * as m048 from './048_tokens_expiry.ts';

/** In the order in which they run. One DDL statement each, because neither MySQL nor MariaDB rolls DDL back; each can be run again. */
export const migrations: Record<string, Migration> = {
  '001_sync_operations': m001,
  '002_sync_pages': m002,
  '003_sync_rows': m003,
  '004_sync_errors': m004,
  '005_sync_batches': m005,
  '006_external_licenses': m006,
  '007_licenses': m007,
  '008_license_links': m008,
  '009_sync_matches': m009,
  '010_plan_changes': m010,
  '011_license_changes': m011,
  '012_field_conflicts': m012,
  '013_upstream_state': m013,
  '014_api_tokens': m014,
  '015_schema_drift': m015,
  '016_sync_plans': m016,
  '017_guard_approvals': m017,
  '018_match_overrides': m018,
  '019_alerts': m019,
  '020_idempotency_keys': m020,
  '021_typed_values': m021,
  '022_data_versions': m022,
  '023_match_subjects': m023,
  '024_match_keys': m024,
  '025_match_words': m025,
  '026_match_stale': m026,
  '027_match_state': m027,
  '028_match_pairs': m028,
  '029_duplicate_cases': m029,
  '030_duplicate_members': m030,
  '031_review_decisions': m031,
  '032_pair_verdicts': m032,
  '033_merges': m033,
  '034_bulk_reviews': m034,
  '035_bulk_review_items': m035,
  '036_links_agreed_version': m036,
  '037_push_ledger': m037,
  '038_sync_pushes': m038,
  '039_errors_phase': m039,
  '040_operations_pushed': m040,
  '041_web_sessions': m041,
  '042_events': m042,
  '043_webhooks': m043,
  '044_webhook_deliveries': m044,
  '045_metric_counts': m045,
  '046_worker_processes': m046,
  '047_operations_noted': m047,
  '048_tokens_expiry': m048,
};
